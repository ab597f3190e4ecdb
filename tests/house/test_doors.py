"""From outside, a room is entered by its door: `provenance.match`, never a module inside it."""


def breaches(module, names):
    """Imports of `module` that reach into another room, given the `names` of all modules."""
    inside = {name for name in names if name.count(".") > 1}
    found = []
    for imported in module.imports():
        parts = imported.split(".")
        into = {".".join(parts[:depth]) for depth in range(3, len(parts) + 1)} & inside
        if into and parts[1] != module.room:
            found.append(f"{module.name} imports {imported}")
    return found


def test_rooms_are_entered_by_their_doors(modules):
    names = {module.name for module in modules}
    assert [breach for module in modules for breach in breaches(module, names)] == []


def test_a_climb_through_the_window_is_caught(made_up):
    names = {"provenance.match", "provenance.match.spans", "provenance.read.dumps.reddit"}
    for line in (
        "import provenance.match.spans",
        "from provenance.match.spans import Span",
        "from provenance.match import spans",
        "def late():\n    from provenance.read.dumps import reddit",
    ):
        assert breaches(made_up("provenance.run.check", line), names), line
    assert not breaches(
        made_up("provenance.match", "from provenance.match.spans import Span"), names
    )
    assert not breaches(made_up("provenance.run.check", "from provenance.match import Span"), names)
