"""The licence of each file of a checkout, and where it is stated."""

from pathlib import Path

import pytest

from provenance.read.dumps.checkouts.reuse_annotations import PathPattern
from tests.read.dumps.checkout_writing import Repository
from tests.read.dumps.installed_licences import BSD, MIT

APACHE = (Path(__file__).parents[3] / "LICENSE").read_text("utf-8")
CODE = "def weigh(sack):\n    return sack.weight - sack.water\n"
GPL_NOTICE = """# This file is part of Mill.
#
# Mill is free software: you can redistribute it and/or modify it under the terms of the GNU
# General Public License as published by the Free Software Foundation, either version 3 of the
# License, or (at your option) any later version.

"""


@pytest.fixture
def licences(read, tmp_path):
    """Return the licences of the items of a checkout, and where they are stated."""

    def licences(files):
        repository = Repository(tmp_path / "mill")
        for path, content in files.items():
            repository.add(path, content)
        repository.commit()
        found = read(repository.root)
        origins = {}
        for items in found.batches:
            for origin, count in items.licence_origins:
                origins[origin] = origins.get(origin, 0) + count
        names = [item.removeprefix("mill/") for item in found.column("item")]
        return dict(zip(names, found.column("licence"), strict=True)), origins

    return licences


@pytest.mark.parametrize(
    ("header", "licence"),
    [
        ("# SPDX-License-Identifier: Apache-2.0", "Apache-2.0"),
        ("/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */", "GPL-2.0-only OR MIT"),
        ("<!-- SPDX-License-Identifier: CC-BY-4.0 -->", "CC-BY-4.0"),
        ("// SPDX-License-Identifier: GPL-2.0+ with a-1.0", "GPL-2.0+ WITH a-1.0"),
        (
            "# SPDX-License-Identifier: MIT\n# SPDX-License-Identifier: Zlib OR ISC",
            "MIT AND (Zlib OR ISC)",
        ),
        (f"{'#' * 10}\n" * 30 + "# SPDX-License-Identifier: LicenseRef-Mill", "LicenseRef-Mill"),
        (GPL_NOTICE, "GPL-3.0-or-later"),
        (MIT, "MIT"),
        ("# SPDX-License-Identifier: MIT License, see below", None),
        ("# SPDX-License-Identifier: <id>", None),
        (f"{GPL_NOTICE}# As a special exception, you may link it.", None),
        (f"{MIT}\n# Or under the Apache License, at your option.", None),
    ],
)
def test_the_header_of_a_file_states_its_licence(licences, header, licence):
    found, origins = licences({"a.py": f"{header}\n{CODE}"})

    assert found == {"a.py": licence}
    assert origins == {"file headers" if licence else "": 1}


def test_a_tag_far_from_the_beginning_is_part_of_the_code(licences):
    tag = "\n" * 100 + "# SPDX-License-Identifier: MIT\n"

    assert licences({"a.py": CODE + tag})[0] == {"a.py": None}


def test_the_nearest_licence_file_counts(licences):
    found, origins = licences(
        {
            "LICENSE": MIT,
            "a.py": CODE,
            "docs/deep/b.py": CODE,
            "old/COPYING.txt": BSD,
            "old/deep/c.py": CODE,
            "own/LICENSE.md": "You may do nothing with it.",
            "own/d.py": CODE,
            "docs/license.rst": ".. include:: ../LICENSE\n",
            "lib/LICENSE-third-party.txt": "Parts are by others.",
            "lib/e.py": CODE,
        }
    )

    assert found == {
        "a.py": "MIT",
        "docs/deep/b.py": "MIT",
        "lib/e.py": "MIT",
        "old/deep/c.py": "BSD-2-Clause",
        "own/d.py": None,
    }
    assert origins == {"licence files": 4, "": 1}


@pytest.mark.parametrize(
    ("files", "licence"),
    [
        ({"LICENSE-MIT": MIT, "LICENSE-BSD": BSD}, "BSD-2-Clause OR MIT"),
        ({"LICENSE.MIT": MIT, "LICENSE.BSD": BSD, "LICENSE": "Either."}, "BSD-2-Clause OR MIT"),
        ({"LICENSE-MIT": MIT, "LICENSE-BSD": BSD, "LICENSE": APACHE}, None),
        ({"LICENSE-MIT": MIT, "LICENSE-BSD": BSD, "LICENSE": MIT}, "BSD-2-Clause OR MIT"),
        ({"LICENSE-MIT": MIT}, "MIT"),
        ({"LICENSE": MIT, "LICENSE-MIT.txt": MIT}, "MIT"),
        ({"LICENSE": MIT, "COPYING": BSD}, None),
        ({"LICENSE": MIT, "LICENSE-BSD": BSD}, None),
        ({"LICENSE-MIT": MIT, "LICENSE-APACHE": "Something else."}, None),
        ({"LICENSE": f"{MIT}\n{BSD}"}, None),
    ],
)
def test_several_licence_files_are_a_choice_if_each_is_named_for_its_licence(
    licences, files, licence
):
    assert licences({**files, "a.py": CODE})[0] == {"a.py": licence}


@pytest.mark.parametrize(
    "mention", ["the Apache License, 2.0", "two licences: it is dual-licensed"]
)
def test_a_header_that_refers_to_another_licence_makes_it_unknown(licences, mention):
    found, _ = licences({"LICENSE": MIT, "a.py": f"# From b, under {mention}.\n{CODE}"})

    assert found == {"a.py": None}


def test_a_header_that_refers_to_the_licence_file_changes_nothing(licences):
    header = "# Under the MIT License, which is in the file LICENSE.\n"

    assert licences({"LICENSE": MIT, "a.py": header + CODE})[0] == {"a.py": "MIT"}


@pytest.mark.parametrize(
    ("name", "content", "licence"),
    [
        ("pyproject.toml", '[project]\nlicense = "MIT OR Apache-2.0"\n', "MIT OR Apache-2.0"),
        ("pyproject.toml", '[project]\nlicense = {text = "ISC"}\n', "ISC"),
        ("pyproject.toml", '[project]\nlicense = {file = "LICENSE"}\n', None),
        ("Cargo.toml", '[package]\nlicense = "MIT/Apache-2.0"\n', "MIT OR Apache-2.0"),
        ("Cargo.toml", '[workspace.package]\nlicense = "ISC"\n', "ISC"),
        ("package.json", '{"license": "(MIT OR CC0-1.0)"}', "MIT OR CC0-1.0"),
        ("package.json", '{"license": {"type": "MIT"}}', None),
        ("package.json", '{"license": "SEE LICENSE IN a.txt"}', None),
        ("composer.json", '{"license": ["MIT", "ISC"]}', "ISC OR MIT"),
        ("pyproject.toml", "[project\n", None),
        ("package.json", "[" * 100_000, None),
    ],
)
def test_the_metadata_of_a_package_are_the_last_to_state_a_licence(
    licences, name, content, licence
):
    found, origins = licences({name: content, "src/a.py": CODE})

    assert found["src/a.py"] == licence
    assert origins == {"package metadata" if licence else "": 2}
    assert licences({name: content, "LICENSE": MIT, "src/a.py": CODE})[0]["src/a.py"] == "MIT"


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("Words of a licence that is not common.", "MIT"),
        (f"{MIT}\nYou may not sell it.\n", None),
        (f"{MIT}\n{BSD}", None),
        (MIT.replace("without restriction", "without any restriction"), "MIT"),
    ],
)
def test_metadata_do_not_hide_what_a_licence_file_adds(licences, text, licence):
    found, _ = licences({"package.json": '{"license": "MIT"}', "LICENSE": text, "a.js": "a();"})

    assert found["a.js"] == licence


def test_reuse_states_licences_beside_files_and_for_patterns(licences):
    annotations = """
[[annotations]]
path = ["docs/*.md", "data/**"]
SPDX-License-Identifier = "CC0-1.0"

[[annotations]]
path = "data/own.py"
precedence = "override"
SPDX-License-Identifier = ["MIT", "ISC"]
"""
    found, origins = licences(
        {
            "REUSE.toml": annotations,
            "web/REUSE.toml": '[[annotations]]\npath = "*"\nSPDX-License-Identifier = "Zlib"\n',
            "web/a.js": "a();",
            "data/REUSE.toml": "[[annotations]]\npath = '**'\nSPDX-License-Identifier = 'Zlib'\n",
            "docs/a.md": CODE,
            "docs/deep/b.md": CODE,
            "data/deep/c.py": CODE,
            "data/d.py": f"# SPDX-License-Identifier: 0BSD\n{CODE}",
            "data/own.py": f"# SPDX-License-Identifier: 0BSD\n{CODE}",
            "e.py": CODE,
            "e.py.license": "SPDX-License-Identifier: EUPL-1.2\n",
        }
    )

    assert {path: found[path] for path in sorted(found) if path.endswith(("py", "md", "js"))} == {
        "data/d.py": "0BSD",
        "data/deep/c.py": "Zlib",
        "data/own.py": "ISC AND MIT",
        "docs/a.md": "CC0-1.0",
        "docs/deep/b.md": None,
        "e.py": "EUPL-1.2",
        "web/a.js": "Zlib",
    }
    assert origins["REUSE annotations"] == 6  # also of two REUSE.toml


def test_the_older_form_of_reuse_is_read(licences):
    stated = (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"
        "Files: *\nCopyright: Mira\nLicense: MIT\n\n"
        "Files: docs/*\n web/?.js\nCopyright: Mira\nLicense: CC0-1.0\n Words of it.\n"
    )
    found, _ = licences(
        {".reuse/dep5": stated, "a.py": CODE, "docs/deep/a.md": CODE, "web/a.js": "a();"}
    )

    assert found["a.py"] == "MIT"
    assert found["docs/deep/a.md"] == found["web/a.js"] == "CC0-1.0"


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
    [
        ("a*c", "abc", True),
        ("a*c", "ab/c", False),
        ("a**c", "ab/c", True),
        ("**/c.py", "c.py", False),
        ("*/c.py", "a/c.py", True),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        ("a?", "a?", True),
        ("a?", "ab", False),
        ("***", "a/b", True),
        ("", "", True),
    ],
)
def test_a_star_matches_within_a_folder_and_two_match_any(pattern, path, is_match):
    assert PathPattern(pattern).matches(path) is is_match


def test_endless_settings_are_read_in_reasonable_time(licences):
    found, _ = licences(
        {
            "REUSE.toml": "[[annotations]]\npath = '" + "a*" * 60 + "b'\n"
            "SPDX-License-Identifier = 'MIT'\n",
            "a" * 200 + ".py": CODE,
            "LICENSE": "(" * 200_000,
            "b.py": "# SPDX-License-Identifier: " + "(" * 200_000,
        }
    )

    assert set(found.values()) == {None}
