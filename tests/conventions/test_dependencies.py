"""What is imported is declared, and what is declared is imported."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions

import pytest

CORE = ("click", "datasets", "datasketch", "duckdb")
TOOLS = {
    *("build", "import-linter", "mypy", "pre-commit", "pytest-xdist", "ruff", "uv"),
    *("types-jsonschema", "types-pyyaml"),
}
"""Declared for the tests and run, or read by mypy; never imported."""
PARSERS = {
    *("deltalake", "mwparserfromhell", "pyiceberg", "resiliparse", "typst", "warcio"),
    *("publicsuffixlist", "py3langid"),
}
"""Imported by name when data needs them, so that the package works without these extras."""
VALIDATORS = {"cyclonedx-python-lib", "mlcroissant", "spdx-python-model"}
"""Imported by name in tests of documents, which are skipped without them."""
OURS = {"benchmarks", "provenance", "tests"}
PARTS = {"huggingface_hub": "datasets", "llvmlite": "numba", "markupsafe": "jinja2"}
"""Halves of a declared library: their versions are its to choose."""


def distribution(requirement):
    return re.split(r"[ <>=!~\[;]", requirement, maxsplit=1)[0].lower()


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def declared(project):
    return {distribution(requirement) for requirement in project["dependencies"]}


distributions = cache(packages_distributions)
"""Asked of every file that is installed, once."""


def foreign(names):
    """Distributions behind imported `names`, the standard library and our own left out."""
    known = distributions()
    tops = {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OURS
    found = {known.get(top, [top])[0].lower() for top in tops}
    return {PARTS.get(name, name) for name in found}


def test_every_import_is_declared(modules, declared, project):
    extras = {
        distribution(requirement)
        for extra, requirements in project["optional-dependencies"].items()
        if extra != "dev"
        for requirement in requirements
    }
    imported = foreign(name for module in modules for name in module.imports)
    assert imported - declared - extras == set()


def test_every_declaration_is_imported(modules, declared):
    imported = foreign(name for module in modules for name in module.imports)
    assert declared - imported == set()


def test_parsers_are_extras(declared, project):
    extras = {
        distribution(requirement)
        for extra, requirements in project["optional-dependencies"].items()
        if extra != "dev"
        for requirement in requirements
    }
    assert PARSERS - extras == set()
    assert PARSERS & declared == set()


@pytest.mark.parametrize("name", CORE)
def test_the_libraries_we_build_on_are_built_on(modules, name):
    assert any(name in foreign(module.imports) for module in modules)


def test_tests_import_what_is_declared(root, declared, project):
    names = []
    for path in (root / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.append(node.module)
    dev = {distribution(requirement) for requirement in project["optional-dependencies"]["dev"]}
    assert foreign(names) - declared - dev == set()
    assert dev - foreign(names) - TOOLS - PARSERS - VALIDATORS == set(), (
        "declared for the tests, and not used"
    )
