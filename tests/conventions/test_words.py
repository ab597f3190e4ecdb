"""One spelling, and nothing that says "later"."""

import re

import pytest

UNFINISHED = re.compile(
    r"\b(TODO|FIXME|XXX|HACK|WIP|NotImplementedError|for now|coming soon|not implemented|stubs?)\b"
)
LICENSE = re.compile(r"(?i)(?<![/.\w])licenses?(?![\w-])|_licenses?\b|\blicenses?_")
ADDRESS = re.compile(r"https?://\S+")
NAMES = re.compile(r"LICENSE|(Apache|MIT|Project Gutenberg) License")
FOREIGN_SPELLING = {
    "benchmarks/build_licence_passages.py": "the words of licences are spelt as they are there",
    "provenance/read": "columns and dataset cards are spelt `license`",
    "provenance/report": "CycloneDX, SPDX and Croissant are spelt `license`",
    "tests/release": "metadata of packages and CycloneDX are spelt `license`",
}
"""Packages and modules that meet formats of others: in strings, the word is spelt as there."""


def prose(root):
    """Every file of words that is ours: code, documents, templates."""
    found = [*root.glob("*.md"), root / "Makefile", root / ".ci" / "run"]
    for folder in ("provenance", "benchmarks", "docs"):
        found += [
            p for kind in ("py", "md", "html", "j2") for p in (root / folder).rglob(f"*.{kind}")
        ]
    return sorted(found)


def misspelt(text, *, quoted_too=True):
    """Lines in which the noun is spelt `license`."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        bare = NAMES.sub("", ADDRESS.sub("", line))
        if not quoted_too:
            bare = re.sub(r"\"[^\"]*\"|'[^']*'|`[^`]*`", "", bare)
        if LICENSE.search(bare):
            found.append(f"{number}: {line.strip()}")
    return found


def test_the_noun_is_spelt_licence(root):
    found = {}
    for path in prose(root):
        name = str(path.relative_to(root))
        outside = any(name.startswith(package) for package in FOREIGN_SPELLING)
        if lines := misspelt(path.read_text("utf-8"), quoted_too=not outside):
            found[name] = lines
    assert found == {}


def test_nothing_is_left_for_later(root):
    found = {
        f"{path.relative_to(root)}: {match[0]}"
        for path in prose(root)
        for match in UNFINISHED.finditer(path.read_text("utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "line", ["the license of a page", "license_id = 1", "a_license", "Licenses"]
)
def test_the_other_spelling_is_caught(line):
    assert misspelt(line)


@pytest.mark.parametrize(
    "line", ["licensed", "see LICENSE", "https://x.example/licenses/by", "licence"]
)
def test_what_is_right_passes(line):
    assert not misspelt(line)


def test_their_spelling_passes_in_strings_alone():
    assert not misspelt('row["license"]', quoted_too=False)
    assert misspelt("license = 1", quoted_too=False)
