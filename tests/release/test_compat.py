"""How `make compat` judges what the package index answers."""

import sys
from importlib import metadata

import pytest
from packaging.version import Version

from tests.release import compat
from tests.release.compat import (
    ROOT,
    TESTS,
    Failed,
    downgraded,
    environment,
    fits,
    is_here,
    stacks,
)


@pytest.mark.parametrize(
    ("alone", "beside", "told"),
    [
        ({"a": "1.9"}, {"a": "1.10", "b": "1"}, []),
        ({"a": "1.10"}, {"a": "1.9"}, ["a 1.10 -> 1.9"]),
        ({"a": "1", "b": "2"}, {"b": "2"}, []),
    ],
)
def test_what_is_older_beside_us_is_a_downgrade(alone, beside, told):
    versions = [{name: Version(text) for name, text in each.items()} for each in (alone, beside)]
    assert downgraded(*versions) == told


def test_versions_that_are_here_already_are_not_tested_again():
    here = {"packaging": Version(metadata.version("packaging"))}
    python = ".".join(map(str, sys.version_info[:2]))
    assert is_here(here, python)
    assert not is_here(here, "2.7")
    assert not is_here({"packaging": Version("0.1")}, python)
    assert not is_here(here | {"provenance-of-nobody": Version("1")}, python)


@pytest.mark.parametrize("path", TESTS)
def test_the_tests_that_are_run_exist(path):
    assert (ROOT / path).exists()


def test_the_list_of_stacks_is_read():
    assert "axolotl" in list(stacks())


def test_uv_asks_the_index_that_pip_is_configured_for(monkeypatch):
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert environment()["UV_DEFAULT_INDEX"] == "https://index.example/simple"


@pytest.mark.parametrize(
    ("failing", "message", "passes", "outcome"),
    [
        ("alone", "error: No solution found when resolving dependencies", True, "skipped"),
        ("alone", "error: Failed to fetch: http://index.example/simple/torch/", False, "FAILED"),
        ("beside", "error: No solution found when resolving dependencies", False, "FAILED"),
    ],
)
def test_a_stack_is_skipped_only_if_it_has_no_solution_without_us(
    monkeypatch, failing, message, passes, outcome
):
    def resolve(requirements, *others):
        if (requirements.splitlines()[-1] == ".") == (failing == "beside"):
            raise Failed(message)
        return {}

    monkeypatch.setattr(compat, "resolved", resolve)
    told = fits("torch")
    assert told[0] == passes
    assert told[1].split()[0] == outcome
    assert message in told[1]


def test_a_stack_alone_and_beside_us_sees_the_releases_of_one_day(monkeypatch):
    """An index shows a release to one request and hides it from the next."""
    seen = []

    def resolve(requirements, python, pins, *options):
        seen.append([each for each in options if each.startswith("--exclude-newer=")])
        return {}

    monkeypatch.setattr(compat, "resolved", resolve)
    assert fits("torch")[0]
    alone, beside = seen
    assert alone == beside
    assert alone


def test_a_stack_that_needs_less_than_we_do_does_not_fit(monkeypatch):
    def resolve(requirements, python, pins, *options):
        if any(each.startswith("--constraint=") for each in options):
            raise Failed("error: No solution found: torch needs datasets<4")
        return {}

    monkeypatch.setattr(compat, "resolved", resolve)
    passes, outcome = fits("torch")
    assert not passes
    assert "needs datasets<4" in outcome


def test_without_a_package_index_compat_says_so_and_fails(monkeypatch, tmp_path, capsys):
    def refuse(*arguments, given=None):
        raise Failed("error: Failed to fetch: http://index.example/simple/click/")

    monkeypatch.setattr(compat, "uv", refuse)
    monkeypatch.setattr(compat, "BUILD", tmp_path)
    assert compat.main() == 2
    shown = capsys.readouterr().out
    assert "index.example" in shown
    assert "needs a package index" in shown
