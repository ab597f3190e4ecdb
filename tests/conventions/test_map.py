"""The map in ARCHITECTURE.md: each package, its sub-packages, and the modules at the top.

`make map` writes it anew.
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- the map: written by `make map` -->\n", "<!-- end of the map -->"
ORDER = (
    "cli",
    "adapters",
    "pipeline",
    "read",
    "registry",
    "report",
    "ledger",
    "signing",
    "fingerprint",
    "match",
    "judge",
    "model",
    "jit",
)


def first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def row(path: Path, package: Path) -> str:
    name = path.parent if path.name == "__init__.py" else path
    slash = "/" if path.name == "__init__.py" else ""
    return f"| `{name.relative_to(package)}{slash}` | {first_line(path)} |\n"


def drawn(package: Path) -> str:
    """Draw the map of the package in folder `package`."""
    rows = []
    for name in ORDER:
        folders = sorted(path.parent for path in (package / name).rglob("__init__.py"))
        rows += [row(folder / "__init__.py", package) for folder in folders]
    rows += [row(path, package) for path in sorted(package.glob("*.py")) if path.name[0] != "_"]
    return "\n| Where | What |\n| --- | --- |\n" + "".join(rows) + "\n"


def split(text: str) -> tuple[str, str, str]:
    before, _, rest = text.partition(BEGIN)
    middle, _, after = rest.partition(END)
    return before, middle, after


def test_the_map_is_the_tree():
    package = ROOT / "provenance"
    written = split((package / "ARCHITECTURE.md").read_text("utf-8"))[1]
    assert written == drawn(package), "run `make map`"


def test_every_module_says_what_it_is():
    package = ROOT / "provenance"
    silent = [str(path) for path in package.rglob("*.py") if len(first_line(path)) < 10]
    assert silent == []


def test_every_package_is_on_the_map():
    package = ROOT / "provenance"
    folders = {path.relative_to(package).parts[0] for path in package.rglob("*/*.py")}
    assert folders == set(ORDER)


def test_files_of_code_that_pages_name_are_there():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("provenance/*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", page.read_text("utf-8"))
    }
    assert len(named) > 10
    lost = [n for n in named if not (ROOT / n).exists() and not (ROOT / "provenance" / n).exists()]
    assert lost == []


JOURNEY = re.compile(r"\| `([a-z_/]+\.py)` \| `(\w+)` \|")


def test_functions_on_the_journey_are_where_it_says():
    package = ROOT / "provenance"
    steps = JOURNEY.findall((package / "ARCHITECTURE.md").read_text("utf-8"))
    assert len(steps) > 15
    lost = []
    for file, name in steps:
        tree = ast.parse((package / file).read_text("utf-8")) if (package / file).exists() else None
        kinds = ast.FunctionDef, ast.ClassDef
        defined = {node.name for node in tree.body if isinstance(node, kinds)} if tree else {}
        if name not in defined:
            lost.append(f"{file}: {name}")
    assert lost == []


if __name__ == "__main__":
    document = ROOT / "provenance" / "ARCHITECTURE.md"
    before, _, after = split(document.read_text("utf-8"))
    document.write_text(before + BEGIN + drawn(ROOT / "provenance") + END + after, "utf-8")
