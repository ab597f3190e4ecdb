"""Licences by their texts: word for word, and never another one than it is."""

import importlib.metadata
from pathlib import Path

import pytest

from provenance.read.dumps.checkouts.file_licences import is_licence_file
from provenance.read.dumps.checkouts.licence_texts import (
    identify_licence,
    licence_within,
    words_of,
)
from tests.read.dumps.installed_licences import BSD, MIT

COMMON = Path("/usr/share/common-licenses")
TEXT = f"The MIT License (MIT)\n\nCopyright (c) 2024 Mira and other contributors\n\n{MIT}"


@pytest.fixture(scope="module")
def apache(root):
    return (root / "LICENSE").read_text("utf-8")


@pytest.fixture(scope="module")
def root():
    return Path(__file__).parents[3]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        str.upper,
        lambda text: text.replace(MIT, " ".join(MIT.split())),
        lambda text: "".join(f" * {line}\n" for line in text.split("\n")),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("The MIT License (MIT)", "# Licence"),
        lambda text: text.replace("notice shall", "notice (including the next paragraph) shall"),
        lambda text: text.replace("2024", "2019-2024").replace('"AS IS"', "“AS IS”"),
    ],
)
def test_a_text_is_known_however_it_is_set(change):
    assert identify_licence(change(TEXT)) == "MIT"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("sublicense, ", ""),
        lambda text: text.replace("without restriction", "with restriction"),
        lambda text: f"{text}\nThe Software shall be used for Good, not Evil.\n",
        lambda text: f"{text}\nFor non-commercial use only.\n",
        lambda text: text.replace("contributors", "contributors, except for the code in /web"),
        lambda text: f"“Commons Clause” License Condition v1.0\n\n{text}",
        lambda text: f"{text}\nThe files in lib are also under the Apache License.\n",
        lambda text: text.rpartition("IN NO EVENT")[0],
        lambda text: f"{text}\n{'Words of another text. ' * 30}",
        lambda text: "",
    ],
)
def test_a_text_that_was_changed_is_unknown(change):
    assert identify_licence(change(TEXT)) is None


def test_a_name_between_passages_is_short():
    assert identify_licence(BSD) == "BSD-2-Clause"
    assert identify_licence(BSD.replace("PROVIDED BY", "PROVIDED BY Ann and")) == "BSD-2-Clause"
    assert identify_licence(BSD.replace("PROVIDED BY", "PROVIDED BY " + "Ann " * 30)) is None
    assert identify_licence(BSD.replace("PROVIDED BY", "PROVIDED except BY")) is None


def test_two_texts_in_a_file_are_unknown(apache):
    assert identify_licence(apache) == "Apache-2.0"
    assert identify_licence(f"{TEXT}\n{apache}") is None


def test_the_notice_of_a_licence_is_known_as_the_licence(apache):
    notice = "Copyright 2024 Mira\n\n" + apache[apache.index("Licensed under the Apache") :]

    assert identify_licence(notice) == "Apache-2.0"


def test_a_text_is_found_within_a_file():
    code = f"/*\n{TEXT}*/\nint main(void) {{ return 0; }}\n"

    assert licence_within(words_of(code)) == "MIT"
    assert identify_licence(code + "exit " * 100) is None


@pytest.mark.parametrize(
    ("name", "licence"),
    [
        ("AGPL-3.0", "AGPL-3.0"),
        ("Apache-2.0", "Apache-2.0"),
        ("Artistic-2.0", "Artistic-2.0"),
        ("BSD", "BSD-3-Clause"),
        ("BSL-1.0", "BSL-1.0"),
        *((name, name) for name in ("CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0")),
        ("CC0-1.0", "CC0-1.0"),
        *((f"GPL-{version}", f"GPL-{version}.0") for version in (2, 3)),
        ("LGPL-2", "LGPL-2.0"),
        ("LGPL-2.1", "LGPL-2.1"),
        ("LGPL-3", "LGPL-3.0"),
        ("MPL-1.1", "MPL-1.1"),
        ("MPL-2.0", "MPL-2.0"),
        *((name, None) for name in ("Artistic", "GFDL-1.3", "GPL-1")),
    ],
)
def test_the_texts_that_debian_installs_are_known(name, licence):
    if not (COMMON / name).is_file():
        pytest.skip(f"{COMMON / name} is not on this machine")

    assert identify_licence((COMMON / name).read_text("utf-8")) == licence


def licence_files():
    for package in importlib.metadata.distributions():
        expression = package.metadata.get("License-Expression")
        for file in package.files or ():
            is_own = ".dist-info" in str(file.parent) and "subprojects" not in str(file)
            if expression and is_own and is_licence_file(file.name):
                path = Path(str(file.locate()))
                if path.is_file():
                    yield package.name, expression, path.read_text("utf-8", "replace")


def test_no_installed_package_has_another_licence_than_its_metadata_say():
    found = [
        (name, expression, identify_licence(text)) for name, expression, text in licence_files()
    ]
    known = [each for each in found if each[2] is not None]

    assert [each for each in known if each[2] not in each[1]] == []
    assert 2 * len(known) > len(found) > 10
