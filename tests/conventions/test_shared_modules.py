"""What several test files use is in a module of its own."""


def imports_of_tests(module):
    """Imports of test files, or of names in them."""
    return [
        name
        for name in module.imports
        if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
    ]


def test_nothing_imports_a_test_file(root, made_up):
    found = {}
    for folder in ("tests", "benchmarks"):
        for path in sorted((root / folder).rglob("*.py")):
            module = made_up(str(path.relative_to(root)), path.read_text("utf-8"), path)
            if imported := imports_of_tests(module):
                found[module.name] = imported
    assert found == {}


def test_an_import_of_a_test_file_is_seen(made_up):
    for line in (
        "from tests.read.test_policy_file import WHOLE",
        "from tests.read import test_policy_file as policies",
        "def f():\n    import tests.read.test_policy_file",
    ):
        assert imports_of_tests(made_up("tests.read.test_x", line)), line
    assert imports_of_tests(made_up("tests.x", "from tests.read.policy_texts import WHOLE")) == []
