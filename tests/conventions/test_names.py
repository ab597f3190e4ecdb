"""Modules are nouns of our own trade."""

import re

NOTHING = {
    "base", "common", "core", "data", "data2", "func", "functions", "handler", "handlers", "helper",
    "helpers", "lib", "manager", "misc", "new", "old", "process", "processor", "stuff", "temp",
    "tmp", "tools", "util", "utils", "various",
}  # fmt: skip
EMPTY = {"helper", "helpers", "manager", "misc", "util", "utils"}
"""Nor as a part of a name."""


def empty_names(names):
    return [
        name
        for name in names
        for part in name.split(".")
        if part in NOTHING
        or EMPTY & set(part.split("_"))
        or not re.fullmatch(r"[a-z][a-z0-9_]*|__main__", part)
    ]


def test_module_names_say_something(modules):
    assert empty_names(module.name for module in modules) == []


def test_empty_names_are_caught():
    assert empty_names(
        ["provenance.read.utils", "provenance.matchManager", "provenance.file_utils"]
    )
    assert not empty_names(["provenance.read.dumps", "provenance.__main__"])


def test_test_files_mirror_the_packages(root):
    packages = {p.name for p in (root / "provenance").iterdir() if p.is_dir()} - {"__pycache__"}
    beside = {
        "benchmarks", "conventions", "detection", "docs", "faults", "golden", "protocols",
        "release", "rules",
    }  # fmt: skip
    folders = {p.name for p in (root / "tests").iterdir() if p.is_dir()} - {"__pycache__"}
    assert folders - packages - beside == set()
