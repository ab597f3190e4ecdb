"""What we depend on may be depended on, and docs/dependencies.md lists it."""

from importlib.metadata import PackageNotFoundError

import pytest

from tests.release.licences import HEAD, PAGE, is_fit, rows, unfit
from tests.release.packages import OURS, Package, installed


@pytest.fixture(scope="module")
def packages():
    return installed()


def test_every_licence_is_known_and_fit(packages):
    assert unfit(packages.values()) == []


def test_the_page_lists_what_is_installed(packages):
    page = PAGE.read_text("utf-8")
    listed = page.splitlines()
    assert page.startswith(HEAD), "run `make docs`"
    assert [row for row in rows(packages).values() if row not in listed] == [], "run `make docs`"


def test_all_that_is_declared_is_followed_to_its_end(packages):
    assert {"click", "datasets", "duckdb", "numba", "pyarrow"} <= set(packages[OURS].needs)
    assert {"llvmlite", "markupsafe", "huggingface-hub"} <= set(packages)
    assert all(name in packages for one in packages.values() for name in one.needs)


@pytest.mark.parametrize(
    "licence",
    ["MIT", "BSD", "Apache-2.0 OR GPL-2.0-only", "MPL-2.0 AND MIT",
     "BSD-2-Clause AND Apache-2.0 WITH LLVM-exception"],
)  # fmt: skip
def test_free_licences_are_fit(licence):
    assert is_fit(licence)


@pytest.mark.parametrize(
    "licence",
    ["", "GPL-3.0-only", "AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "Proprietary",
     "LicenseRef-Commercial", "CC-BY-NC-4.0", "(MIT OR GPL-2.0-only) AND SSPL-1.0"],
)  # fmt: skip
def test_others_and_unknown_ones_are_not(licence):
    assert not is_fit(licence)
    assert unfit([Package("theirs", "1.0", licence, "", None, ())]) != []


def test_what_is_not_installed_is_an_error():
    with pytest.raises(PackageNotFoundError):
        installed("no-such-package-of-ours")
