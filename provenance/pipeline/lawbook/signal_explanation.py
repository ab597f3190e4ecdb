"""What captured files say of training, told to somebody who looks at them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from provenance.errors import InputError
from provenance.judge.identifiers import Licences
from provenance.judge.rulings import Judge
from provenance.model import Agents, Circumstances, Library, Notice, Ruling
from provenance.read.rules.rule_files import load_rules
from provenance.read.signals.dataset_cards import CARD_FILE, card_notice, parse_card
from provenance.read.signals.page_signals import SITE_FILES, PageMetadata, page_notices, parse_files
from provenance.read.signals.site_captures import load_captures, read_capture
from provenance.report.terminal.signal_summary import CapturedSignals, signal_summary
from provenance.report.terminal.terminal_style import TerminalStyle


def told_signals(
    path: Path, page: str, agents: tuple[str, ...], rules: Path | None, style: TerminalStyle
) -> str:
    """Say what a captured file, or a folder of them, says of training.

    Parameters
    ----------
    path : Path
        A file of a kind that is known by its name; a folder of such files; or one that is laid out
        as `check --signals` takes it.
    page : str
        Address of the page that is asked about; empty is the site's root.
    agents : tuple of str
        Robots to ask for in place of those that the rules list.
    rules : Path or None
        A folder of rules of one's own.
    style : Pen
        How it is written.
    """
    library = load_rules(rules)
    asked: Agents = {"robots-txt/training-agents": agents} if agents else library.agents
    heard = [
        _heard(title, PageMetadata(address), contents, asked, library)
        for title, address, contents in _captured(path, page)
    ]
    return signal_summary(heard, style)


def _captured(path: Path, page: str) -> Iterator[tuple[str, str, Mapping[str, bytes]]]:
    """Give what was captured together, each with what it is called and the page asked about."""
    known = (*SITE_FILES, CARD_FILE)
    if path.is_dir() and not any((path / name).is_file() for name in SITE_FILES):
        captures = load_captures(str(path))
        for host, days in captures.hosts.items():
            for when, contents in days.items():
                yield f"{host}, captured {when}", page or f"https://{host}/", contents
        if (path / CARD_FILE).is_file():
            yield CARD_FILE, page, {CARD_FILE: read_capture(path / CARD_FILE)}
        return
    files = [path / name for name in known] if path.is_dir() else [path]
    files = [file for file in files if file.is_file() and file.name in known]
    if not files:
        raise InputError(
            f"{path} is not a supported file",
            remedy=f"give one that is called as sites call it: {', '.join(known)}.",
        )
    yield str(path), page, {file.name: read_capture(file) for file in files}


def _heard(
    title: str, page: PageMetadata, contents: Mapping[str, bytes], agents: Agents, library: Library
) -> CapturedSignals:
    judge = Judge(library, Circumstances())
    files = parse_files({name: given for name, given in contents.items() if name != CARD_FILE})
    card = parse_card(contents[CARD_FILE]) if CARD_FILE in contents else None
    unread = [*files.unread, *([CARD_FILE] if CARD_FILE in contents and card is None else [])]
    every: list[tuple[Notice, Ruling]] = [
        (notice, judge.rule(notice.signal.split("/")[0], signals=(notice.signal,)).ruling)
        for notice in page_notices(page, files, agents)
    ]
    licence = None
    if card is not None:
        said = card_notice(card)
        every.append((said, judge.rule(said.signal).ruling))
        if card.licence is not None:
            licence = judge.rule(Licences(library).id_of(card.licence), licence=card.licence).ruling
    named = () if files.robots is None else tuple(map(str, files.robots.licences))
    return CapturedSignals(title, page.address, tuple(every), tuple(unread), named, licence)
