"""Explain what captured files of a site say about training."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from provenance.errors import InputError
from provenance.judge.identifiers import Licences, sources_named
from provenance.judge.rulings import Judge
from provenance.model.rules.rule_library import Library
from provenance.model.rules.rulings import Circumstances, Ruling
from provenance.model.rules.signals import Agents, Notice
from provenance.read.rules.rule_files import load_rules
from provenance.read.signals.dataset_cards import CARD_FILE, card_notice, parse_card
from provenance.read.signals.page_signals import SITE_FILES, PageMetadata, page_notices, parse_files
from provenance.read.signals.site_captures import load_captures, read_capture
from provenance.report.terminal.rules.signal_summary import CapturedSignals, signal_summary
from provenance.report.terminal.terminal_style import TerminalStyle


def explain_signals(
    path: Path, page: str, agents: tuple[str, ...], rules: Path | None, style: TerminalStyle
) -> str:
    """Explain what a captured file, or a folder of them, says about training.

    Parameters
    ----------
    path : Path
        A file of a known name, a folder of such files, or a folder as for `check --signals`.
    page : str
        Address of the page; empty for the site's root.
    agents : tuple of str
        Crawlers to look for instead of those in the rules.
    rules : Path or None
        Folder of the user's own rules.
    style : TerminalStyle
        Style of the output.
    """
    library = load_rules(rules)
    agents_by_rule: Agents = {"robots-txt/training-agents": agents} if agents else library.agents
    explanations = [
        _explain_capture(title, PageMetadata(address), contents, agents_by_rule, library)
        for title, address, contents in _read_captures(path, page)
    ]
    return signal_summary(explanations, style)


def _read_captures(path: Path, page: str) -> Iterator[tuple[str, str, Mapping[str, bytes]]]:
    """Yield the files of each capture, with its title and the page."""
    file_names = (*SITE_FILES, CARD_FILE)
    if path.is_dir() and not any((path / name).is_file() for name in SITE_FILES):
        captures = load_captures(str(path))
        for host, days in captures.hosts.items():
            for when, contents in days.items():
                yield f"{host}, captured {when}", page or f"https://{host}/", contents
        if (path / CARD_FILE).is_file():
            yield CARD_FILE, page, {CARD_FILE: read_capture(path / CARD_FILE)}
        return
    files = [path / name for name in file_names] if path.is_dir() else [path]
    files = [file for file in files if file.is_file() and file.name in file_names]
    if not files:
        raise InputError(
            f"{path} is not a supported file",
            remedy=f"name the file as sites do: {', '.join(file_names)}.",
        )
    yield str(path), page, {file.name: read_capture(file) for file in files}


def _explain_capture(
    title: str, page: PageMetadata, contents: Mapping[str, bytes], agents: Agents, library: Library
) -> CapturedSignals:
    judge = Judge(library, Circumstances())
    files = parse_files({name: content for name, content in contents.items() if name != CARD_FILE})
    card = parse_card(contents[CARD_FILE]) if CARD_FILE in contents else None
    unread = [*files.unread, *([CARD_FILE] if CARD_FILE in contents and card is None else [])]
    notices: list[tuple[Notice, Ruling]] = [
        (notice, judge.rule(notice.signal.split("/")[0], signals=(notice.signal,)).ruling)
        for notice in page_notices(page, files, agents)
    ]
    licence, sources = None, list[tuple[str, Ruling | None]]()
    if card is not None:
        licence_notice = card_notice(card)
        notices.append((licence_notice, judge.rule(licence_notice.signal).ruling))
        if card.licence is not None:
            licence = judge.rule(Licences(library).id_of(card.licence), licence=card.licence).ruling
    for name in () if card is None else card.sources:
        known = sources_named([name], library)
        sources.append((name, judge.rule(known[0]).ruling if known else None))
    licence_lines = () if files.robots is None else tuple(map(str, files.robots.licences))
    return CapturedSignals(
        title, page.address, tuple(notices), tuple(unread), licence_lines, licence, tuple(sources)
    )
