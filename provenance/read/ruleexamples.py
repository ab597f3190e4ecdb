"""Examples at the end of a signal's rule file: what came with a page, and what it says."""

from dataclasses import dataclass

from provenance.model import Agents, Stance
from provenance.read.checked import Checked
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
