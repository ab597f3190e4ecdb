"""The cases at the end of a rule file.

Examples at the end of a signal's rule file: what came with a page, and what it says.
"""

from dataclasses import dataclass

from provenance.judge.rule_checks import Case
from provenance.model import Actor, Agents, Circumstances, ModelScope, Purpose, Stance, Verdict
from provenance.read.policy.date_syntax import collected_of
from provenance.read.policy.policy_syntax import MODELS
from provenance.read.policy.validation import Checked
from provenance.read.signals import (
    CARD,
    FILES,
    HEADERS,
    TAGS,
    Page,
    card_notice,
    notices,
    parse_card,
    parse_files,
)

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


EXAMPLE_KEYS = (*FILES, CARD, "headers", "tags", "page", "document", "says")


@dataclass(frozen=True, slots=True)
class Example:
    """What came with a page, and what that says of training on it.

    Parameters
    ----------
    place : str
        Where it is written: "signals/noai.yaml: reads[0]".
    signal, document : str, str or None
        Id of the signal; which of its documents says what it means, where it has several.
    page : Page
        The page.
    files : dict of str to bytes
        Of its site, and the card of its dataset.
    says : Stance
        What must come out.
    """

    place: str
    signal: str
    document: str | None
    page: Page
    files: dict[str, bytes]
    says: Stance


def parse_examples(root: Checked) -> tuple[Example, ...]:
    """Read the examples of a rule file, if it has any."""
    entries = root.entries()
    listed = entries["reads"].list() if "reads" in entries else []
    return tuple(_example(each, entries["id"].text()) for each in listed)


def _example(entry: Checked, signal: str) -> Example:
    entries = entry.table(EXAMPLE_KEYS, ("says",))
    page = Page(
        entries["page"].text() if "page" in entries else "",
        _fields(entries.get("headers"), HEADERS),
        _fields(entries.get("tags"), TAGS),
    )
    return Example(
        f"{entry.file}: {entry.path}",
        signal,
        entries["document"].text() if "document" in entries else None,
        page,
        {name: entries[name].text().encode() for name in (*FILES, CARD) if name in entries},
        entries["says"].one_of(Stance),
    )


def _fields(entry: Checked | None, known: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    listed = {} if entry is None else entry.table(known)
    return tuple((name, each.text()) for name, each in listed.items())


def unlike(example: Example, agents: Agents) -> str | None:
    """Say what an example gives otherwise than it says; None if it holds."""
    card = parse_card(example.files[CARD]) if CARD in example.files else None
    found = [
        *notices(example.page, parse_files(example.files), agents),
        *([] if card is None else [card_notice(card)]),
    ]
    wanted = f"{example.signal}/{example.document}" if example.document else example.signal
    said = next((each for each in found if each.signal == wanted), None)
    stance = Stance.SILENT if said is None else said.stance
    if stance is example.says:
        return None
    why = "nothing of it is there" if said is None else said.why
    return f"{example.place}: it {stance}, not {example.says}; {why}"
