"""The commands that build a registry again."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.compute as pc

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
    lines += _commands(manifest.steps, str(registry))
    name = shlex.quote(str(registry))
    for withdrawn in pc.value_counts(read_tombstones(mapped)["source"]).to_pylist():
        source, number = withdrawn["values"], withdrawn["counts"]
        ids = shlex.quote(f"withdrawn-{source}.csv")
        source_option = f"--source {shlex.quote(source)}"
        lines += [
            f"# {count(number, 'item')} of {source} withdrawn since; list them beforehand:",
            f"# provenance registry show {name} --withdrawn {source_option} > {ids}",
            f"provenance registry remove {name} {source_option} --ids {ids}",
        ]
    return lines


def _is_whole(steps: Sequence[BuildStep]) -> bool:
    """Return whether the steps begin with a build."""
    return any(
        _is_whole(step.base) if step.command == "subset" else step.command == "build"
        for step in steps
    )


def _commands(steps: Sequence[BuildStep], registry: str) -> Iterator[str]:
    """Yield the commands that make a registry by some steps."""
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
