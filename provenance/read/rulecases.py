"""The cases at the end of a rule file."""

from provenance.judge import Case
from provenance.model import Actor, Circumstances, ModelScope, Purpose, Verdict
from provenance.read.checked import Checked
from provenance.read.datesyntax import collected_of
from provenance.read.policysyntax import MODELS

CASE_KEYS = (
    *("purpose", "source", "published", "collected", "actor", "jurisdiction", "licence"),
    *("commercial", "model", "claims", "signals", "agreed", "verdict", "basis", "terms"),
)
STOPS = (Verdict.FORBIDDEN, Verdict.UNKNOWN)
"""What `finds` holds: content that may not be used without another step. `passes`: the rest."""


def parse_cases(root: Checked) -> tuple[Case, ...]:
    """Read what a rule file says that it finds, and what it lets pass."""
    entries = root.entries()
    kind = root.file.rsplit("/", 2)[-2] if "/" in root.file else ""
    groups = entries["cases"].table(("finds", "passes"))
    cases = [
        (group, entry, _case(entry, entries["id"].text(), kind))
        for group, listed in groups.items()
        for entry in listed.list()
    ]
    if not cases:
        raise entries["cases"].wrong("there is no case", "add one to `finds` or to `passes`.")
    for group, entry, case in cases:
        if (group == "finds") is not (case.verdict in STOPS):
            raise entry.wrong(
                f"a case in {group!r} gives {case.verdict}",
                "`finds` holds what is forbidden or unknown, `passes` everything else.",
            )
    return tuple(case for _, _, case in cases)


def _case(entry: Checked, file: str, kind: str) -> Case:
    entries = entry.table(CASE_KEYS, ("purpose", "verdict"))
    published, licence = entries.get("published"), _text(entries, "licence")
    source = _text(entries, "source")
    # A file's own licence, signal or exception is what its cases are about, unless they say so.
    if source is not None and licence is None and kind == "licences":
        licence = file
    signals = _texts(entries, "signals")
    if source is not None and signals is None and kind == "signals":
        signals = (file,)
    return Case(
        place=f"{entry.file}: {entry.path}",
        file=file,
        subject=source or (licence if kind == "exceptions" and licence else file),
        item_date=None if published is None else published.day(),
        licence=licence,
        circumstances=_circumstances(entries, (file,) if kind == "exceptions" else ()),
        verdict=entries["verdict"].one_of(Verdict),
        basis=_text(entries, "basis"),
        terms=_text(entries, "terms"),
        signals=signals or (),
        agreed="agreed" in entries and entries["agreed"].truth(),
    )


def _circumstances(entries: dict[str, Checked], claims: tuple[str, ...]) -> Circumstances:
    collected, actor = entries.get("collected"), entries.get("actor")
    model, claimed = entries.get("model"), _texts(entries, "claims")
    return Circumstances(
        purpose=entries["purpose"].one_of(Purpose),
        collected=None if collected is None else collected_of(collected),
        actor=None if actor is None else actor.one_of(Actor),
        jurisdiction=_text(entries, "jurisdiction"),
        commercial=entries["commercial"].truth() if "commercial" in entries else None,
        model=None
        if model is None
        else tuple(ModelScope(each.word(MODELS)) for each in model.list()),
        claims=claims if claimed is None else claimed,
    )


def _text(entries: dict[str, Checked], key: str) -> str | None:
    return entries[key].text() if key in entries else None


def _texts(entries: dict[str, Checked], key: str) -> tuple[str, ...] | None:
    return tuple(each.text() for each in entries[key].list()) if key in entries else None
