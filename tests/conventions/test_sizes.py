"""Small functions, and a reason beside every exception."""

import ast
import re

NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:\s*,\s*[A-Z]+[0-9]+)*)?(?P<rest>.*)")
SIZE_CODES = {"C901", "PLR0912", "PLR0915"}
KERNELS = {"kernel", "allocating_part", "kernel_part", "inlined", "inlined_source"}


def reasonless(text):
    """Lines that silence the linter without a code, or without saying why."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        note = NOQA.search(line)
        if note and not (
            note["codes"] and re.fullmatch(r"\s*(\(.{8,}\)|- .{8,})\s*", note["rest"])
        ):
            found.append(f"{number}: {line.strip()}")
    return found


def test_every_exception_says_why(modules):
    found = {str(m.path): lines for m in modules if (lines := reasonless(m.text))}
    assert found == {}


def test_an_exception_without_a_reason_is_caught():
    assert reasonless("x = 1  # noqa") != []
    assert reasonless("x = 1  # noqa: C901") != []
    assert reasonless("x = 1  # noqa: C901, PLR0915 (one walk over the hits)") == []


def long_functions(module):
    """Functions, other than compiled kernels, that are excused from the limits of size."""
    lines = module.text.splitlines()
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        note = NOQA.search(lines[node.lineno - 1])
        excused = (
            note and note["codes"] and SIZE_CODES & set(re.findall(r"[A-Z]+\d+", note["codes"]))
        )
        decorators = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
        if excused and not decorators & KERNELS:
            yield f"{module.name}.{node.name}"


def test_only_kernels_may_be_long(modules):
    assert [name for module in modules for name in long_functions(module)] == []


def test_a_long_function_is_caught(made_up):
    line = "def f():  # noqa: C901 (because I say so)\n    return 1\n"
    assert list(long_functions(made_up("provenance.pipeline.x", line)))
    assert not list(long_functions(made_up("provenance.match.x", "@kernel\n" + line)))
