"""Parsing of test cases (verdicts) and examples (stances of signals) in rule files."""

from dataclasses import dataclass

from provenance.judge.rule_checks import Case
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.signals import Agents, Stance
from provenance.model.rules.terms import Actor, Purpose, Verdict
from provenance.read.policy.date_syntax import parse_collected
from provenance.read.policy.policy_syntax import parse_model
from provenance.read.policy.validation import UncheckedValue
from provenance.read.signals import (
    CARD_FILE,
    HEADER_NAMES,
    SITE_FILES,
    TAG_NAMES,
    PageMetadata,
    card_notice,
    page_notices,
    parse_card,
    parse_files,
)

CASE_KEYS = (
    *("purpose", "source", "published", "collected", "actor", "jurisdiction", "licence"),
    *("commercial", "model", "claims", "signals", "agreed", "verdict", "basis", "terms"),
)
BLOCKING_VERDICTS = (Verdict.FORBIDDEN, Verdict.UNKNOWN)
"""Verdicts of the cases under `finds`: content that cannot be used as it is."""


def parse_cases(root: UncheckedValue) -> tuple[Case, ...]:
    """Parse the cases of a rule file, under `finds` and `passes`."""
    entries = root.entries()
    kind = root.file.rsplit("/", 2)[-2] if "/" in root.file else ""
    groups = entries["cases"].table(("finds", "passes"))
    cases = [
        (group, entry, _case(entry, entries["id"].text(), kind))
        for group, group_entries in groups.items()
        for entry in group_entries.list()
    ]
    if not cases:
        raise entries["cases"].wrong("there is no case", "add one to `finds` or to `passes`.")
    for group, entry, case in cases:
        if (group == "finds") is not (case.verdict in BLOCKING_VERDICTS):
            raise entry.wrong(
                f"a case in {group!r} gives {case.verdict}",
                "`finds` holds what is forbidden or unknown, `passes` everything else.",
            )
    return tuple(case for _, _, case in cases)


def _case(entry: UncheckedValue, file: str, kind: str) -> Case:
    entries = entry.table(CASE_KEYS, ("purpose", "verdict"))
    published, licence = entries.get("published"), _text(entries, "licence")
    source = _text(entries, "source")
    # Cases are about the licence, signal or exception of their own file unless they say otherwise.
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


def _circumstances(entries: dict[str, UncheckedValue], claims: tuple[str, ...]) -> Circumstances:
    collected, actor = entries.get("collected"), entries.get("actor")
    model, case_claims = entries.get("model"), _texts(entries, "claims")
    return Circumstances(
        purpose=entries["purpose"].one_of(Purpose),
        collected=None if collected is None else parse_collected(collected),
        actor=None if actor is None else actor.one_of(Actor),
        jurisdiction=_text(entries, "jurisdiction"),
        commercial=entries["commercial"].truth() if "commercial" in entries else None,
        model=None if model is None else parse_model(model),
        claims=claims if case_claims is None else case_claims,
    )


def _text(entries: dict[str, UncheckedValue], key: str) -> str | None:
    return entries[key].text() if key in entries else None


def _texts(entries: dict[str, UncheckedValue], key: str) -> tuple[str, ...] | None:
    return tuple(each.text() for each in entries[key].list()) if key in entries else None


EXAMPLE_KEYS = (*SITE_FILES, CARD_FILE, "headers", "tags", "page", "document", "says")


@dataclass(frozen=True, slots=True)
class SignalExample:
    """Signals of a page, and what they say about training on it.

    Parameters
    ----------
    place : str
        Where it is in the rules: "signals/noai.yaml: reads[0]".
    signal, document : str, str or None
        Id of the signal, and the document that gives its meaning, if there are several.
    page : PageMetadata
        The page.
    files : dict of str to bytes
        Files of its site, and the card of its dataset.
    says : Stance
        The expected stance.
    """

    place: str
    signal: str
    document: str | None
    page: PageMetadata
    files: dict[str, bytes]
    says: Stance


def parse_examples(root: UncheckedValue) -> tuple[SignalExample, ...]:
    """Parse the examples of a rule file, if it has any."""
    entries = root.entries()
    examples = entries["reads"].list() if "reads" in entries else []
    return tuple(_example(each, entries["id"].text()) for each in examples)


def _example(entry: UncheckedValue, signal: str) -> SignalExample:
    entries = entry.table(EXAMPLE_KEYS, ("says",))
    page = PageMetadata(
        entries["page"].text() if "page" in entries else "",
        _fields(entries.get("headers"), HEADER_NAMES),
        _fields(entries.get("tags"), TAG_NAMES),
    )
    return SignalExample(
        f"{entry.file}: {entry.path}",
        signal,
        entries["document"].text() if "document" in entries else None,
        page,
        {
            name: entries[name].text().encode()
            for name in (*SITE_FILES, CARD_FILE)
            if name in entries
        },
        entries["says"].one_of(Stance),
    )


def _fields(entry: UncheckedValue | None, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    fields = {} if entry is None else entry.table(names)
    return tuple((name, each.text()) for name, each in fields.items())


def example_mismatch(example: SignalExample, agents: Agents) -> str | None:
    """Return how an example differs from what is expected; None if it does not."""
    card = parse_card(example.files[CARD_FILE]) if CARD_FILE in example.files else None
    notices = [
        *page_notices(example.page, parse_files(example.files), agents),
        *([] if card is None else [card_notice(card)]),
    ]
    signal = f"{example.signal}/{example.document}" if example.document else example.signal
    notice = next((each for each in notices if each.signal == signal), None)
    stance = Stance.SILENT if notice is None else notice.stance
    if stance is example.says:
        return None
    reason = "the signal is absent" if notice is None else notice.why
    return f"{example.place}: it {stance}, not {example.says}; {reason}"
