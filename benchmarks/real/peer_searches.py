"""Search posts for posts with the installed peers that can do it, and with provenance."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.real.checkouts import Checkout
from benchmarks.real.figures import PeerFigures
from benchmarks.real.suite import MAKING, RealTexts, Sizes
from benchmarks.speed.bench import MAKING as LINES_MAKING
from benchmarks.speed.bench import require_success
from benchmarks.speed.measuring import Measurement, work

PEERS = ("decontaminate", "datatrove")


def measure(texts: RealTexts, sizes: Sizes, checkout: Checkout, python: str) -> list[PeerFigures]:
    """Search the same corpus for the posts of the same registry, on one core.

    Parameters
    ----------
    texts, sizes : RealTexts, Sizes
        The texts.
    checkout : Checkout
        The checkout, whose registry is there.
    python : str
        Interpreter that has the peers.
    """
    count = sizes.registries[0]
    corpus, dump = texts.corpus(sizes.peer_corpus), texts.dump(count)
    facts = texts.facts(corpus)
    name = f"{MAKING}:find_reposts"
    reposts = require_success(work(name, corpus=corpus, dump=dump)).output["rows"]
    size = (facts["documents"], facts["bytes"], count)
    figures = [_ours(checkout, corpus, dump, size, reposts)]
    folders = {
        kind: _lines(texts, file, kind) for kind, file in (("pages", corpus), ("posts", dump))
    }
    for peer in PEERS:
        task = f"benchmarks.peers.{peer}:search"
        run = work(task, 1, python=python, corpus=folders["pages"], posts=folders["posts"])
        figures.append(_figures(peer, size, run, reposts))
    return figures


def _ours(
    checkout: Checkout, corpus: str, dump: str, size: tuple[int, int, int], reposts: Sequence[int]
) -> PeerFigures:
    build = require_success(checkout.build(dump, size[2], 1))
    check = checkout.check(corpus, size[2], 1)
    findings = str(checkout.folder / "report" / "findings.parquet")
    rows = require_success(work(f"{MAKING}:found_rows", findings=findings)).output["rows"]
    output = {"index": build.seconds, "rows": rows}
    run = Measurement(check.seconds, max(build.peak, check.peak), output)
    return _figures("provenance, as commands", size, run, reposts)


def _figures(
    name: str, size: tuple[int, int, int], run: Measurement, reposts: Sequence[int]
) -> PeerFigures:
    if run.absent:
        return PeerFigures(name, *size, absent=run.absent)
    output: Mapping[str, Any] = run.output
    version = output.get("version", "")
    return PeerFigures(
        f"{name} {version}".strip(),
        *size,
        round(output["index"], 2),
        round(run.seconds, 2),
        run.peak,
        len(output["rows"]),
        len(reposts),
        len(set(output["rows"]) & set(reposts)),
    )


def _lines(texts: RealTexts, file: str, kind: str) -> str:
    folder = texts.folder / f"lines-{kind}"
    out = str(folder / "lines.jsonl")
    require_success(work(f"{LINES_MAKING}:make_lines", file=file, out=out, kind=kind))
    return str(folder)
