"""What `make compat` calls a downgrade."""

import pytest
from packaging.version import Version

from tests.release.compat import ROOT, TESTS, downgraded, environment, stacks


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


@pytest.mark.parametrize("path", TESTS)
def test_the_tests_that_are_run_exist(path):
    assert (ROOT / path).exists()


def test_the_list_of_stacks_is_read():
    assert "axolotl" in list(stacks())


def test_uv_asks_the_index_that_pip_is_configured_for(monkeypatch):
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert environment()["UV_DEFAULT_INDEX"] == "https://index.example/simple"
