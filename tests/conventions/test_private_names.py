"""Tests know the package by its public names: how it is divided inside is nobody's business."""

import ast
from pathlib import Path

ALLOWED = {
    # What docs/formulas.md and docs/scale.md state of the code.
    "docs/test_figures.py",
    # Parts of kernels and of tables' columns, beside oracles of their own.
    "match/scoring/test_detectability.py",
    "pipeline/findings/test_finding_table.py",
    "pipeline/findings/test_shares.py",
    # Sizes from which readings, findings and texts are on disk or in pieces: gigabytes, else.
    "pipeline/checking/test_corpus_findings.py",
    "pipeline/checking/test_shards.py",
    "pipeline/locate/test_part_views.py",
    "pipeline/locate/test_whole_texts.py",
    "report/files/test_findings_parquet.py",
}
"""Test files that may still reach private names."""


def is_private(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith("_") and not last.startswith("__") and not last.endswith("_")


def private_names(source: str) -> list[str]:
    """List the private names of the package that a test imports, reads or replaces."""
    found, ours = list[str](), set[str]()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module), names=names):
                if module.partition(".")[0] in {"provenance", "benchmarks"}:
                    found += [each.name for each in names if is_private(each.name)]
                    ours |= {each.asname or each.name for each in names}
            case ast.Attribute(value=ast.Name(id=owner), attr=attr):
                found += [f"{owner}.{attr}"] if owner in ours and is_private(attr) else []
            case ast.Call(func=ast.Attribute(attr="setattr" | "delattr"), args=[owner, name, *_]):
                given = [name] if ast.unparse(owner) in ours else [owner]
                found += [
                    each.value
                    for each in given
                    if isinstance(each, ast.Constant) and is_private(str(each.value))
                ]
    return found


def test_no_test_reaches_private_names(root: Path) -> None:
    tests = root / "tests"
    found = {
        str(path.relative_to(tests)): names
        for path in sorted(tests.rglob("*.py"))
        if (names := private_names(path.read_text("utf-8")))
    }
    assert {name: names for name, names in found.items() if name not in ALLOWED} == {}
    assert found.keys() == ALLOWED, "remove what needs none"


def test_private_names_are_seen_however_they_are_reached() -> None:
    source = """
from provenance.match import _one, forms
forms._two(), forms.public, patch.setattr(forms, "_three", 3), other._four, forms.__name__
patch.setattr("provenance.match.forms._five", 5)
"""
    assert sorted(private_names(source)) == [
        "_one", "_three", "forms._two", "provenance.match.forms._five",
    ]  # fmt: skip
