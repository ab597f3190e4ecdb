"""The commands that build a registry again."""

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from provenance.registry.files.mapped_files import map_registry
from provenance.registry.recipe import BuildStep, DumpRecord
from provenance.registry.side_tables.tombstones import read_tombstones
from provenance.report.text.number_format import count, size

_OF_A_BUILD = ("--no-text", "--keep-authors")


def registry_recipe(registry: Path) -> list[str]:
    """Return the lines of a shell script that builds a registry again from its dumps."""
    mapped = map_registry(registry)
    manifest = mapped.manifest
    lines = [f"# {manifest.items:,} items, digest {manifest.digest}"]
    if not _is_whole(manifest.steps):
        lines.append(
            "# Not all of its dumps are known: an earlier version, which built it, recorded none."
        )
    lines += map(_restore_comment, _restores(manifest.steps))
    lines += _commands(manifest.steps, str(registry))
    return [*lines, *_withdrawals(read_tombstones(mapped), str(registry))]


def _restores(steps: Sequence[BuildStep]) -> Iterator[BuildStep]:
    for step in steps:
        yield from _restores(step.base)
        if step.command == "restore":
            yield step


def _restore_comment(step: BuildStep) -> str:
    content = f"of {step.options[-1]} " if step.options else ""
    return (
        f"# Withdrawals {content}were lifted on {step.ended.date()}: these commands bring the "
        "items back, which the registry lacks if their dumps were not added again since."
    )


def _withdrawals(tombstones: pa.Table, registry: str) -> Iterator[str]:
    """Yield commands that withdraw the items again, for the same reasons."""
    keys = ["source", "date", "reason"]
    groups = tombstones.group_by(keys).aggregate([([], "count_all")])
    rows = groups.sort_by([(key, "ascending") for key in keys]).to_pylist()
    of_day = Counter((row["source"], row["date"]) for row in rows)
    of_source = Counter(row["source"] for row in rows)
    for number, row in enumerate(rows, 1):
        selection, reason = ["--source", row["source"]], row["reason"]
        day, stated = ["--on", str(row["date"])], ["--reason", reason] if reason else []
        # Of a day, items without a reason come last, when those with one are withdrawn already.
        is_part = of_source[row["source"]] > 1
        selected = [*selection, *(day if is_part else [])]
        selected += stated if of_day[row["source"], row["date"]] > 1 else []
        options = [*selection, *day, *stated]
        ids = shlex.quote(f"withdrawn-{row['source']}{f'-{number}' if is_part else ''}.csv")
        listing = _command("show", registry, "--withdrawn", *selected)
        items = count(row["count_all"], "item")
        yield f"# {items} of {row['source']} withdrawn since; list them beforehand:"
        yield f"# {listing} > {ids}"
        yield f"{_command('remove', registry, *options)} --ids {ids}"


def _is_whole(steps: Sequence[BuildStep]) -> bool:
    """Return whether the steps begin with a build."""
    return any(
        _is_whole(step.base) if step.command == "subset" else step.command == "build"
        for step in steps
    )


def _commands(steps: Sequence[BuildStep], registry: str) -> Iterator[str]:
    """Yield the commands that make a registry by some steps."""
    steps = [step for step in steps if step.command != "restore"]
    subsets = [step for step in steps if step.command == "subset"]
    additions = [step for step in steps if step.command != "subset"]
    if not subsets:
        yield from _additions(additions, registry)
    elif len(steps) == 1:
        whole = f"{registry}.whole"
        yield from _commands(subsets[0].base, whole)
        yield _command("subset", whole, *subsets[0].options, "-o", registry)
    else:
        groups = [[step] for step in subsets] + ([additions] if additions else [])
        parts = [f"{registry}.{number + 1}" for number in range(len(groups))]
        for part, group in zip(parts, groups, strict=True):
            yield from _commands(group, part)
        yield _command("merge", *parts, "-o", registry)


def _additions(steps: Sequence[BuildStep], registry: str) -> Iterator[str]:
    # After a merge, several builds are one build and additions to it.
    for number, step in enumerate(steps):
        yield from map(_dump_comment, step.dumps)
        if step.dated_by_id:
            yield f"# {count(step.dated_by_id, 'item')} dated by the time in the id"
        options = [word for word in step.options if number == 0 or word not in _OF_A_BUILD]
        addresses = [dump.address for dump in step.dumps]
        yield _command("add" if number else "build", registry, *options, *addresses)


def _command(*words: str) -> str:
    return f"provenance registry {shlex.join(words)}"


def _dump_comment(dump: DumpRecord) -> str:
    facts = [count(dump.files, "file"), size(dump.bytes)]
    facts += [f"layout {dump.layout}"] if dump.layout else []
    facts += [f"sha256 {dump.sha256}"] if dump.sha256 else []
    facts += [f"version {dump.version}"] if dump.version else []
    return f"# {dump.address}: {', '.join(facts)}"
