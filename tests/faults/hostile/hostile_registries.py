"""Registries made to harm: whatever is in their files, their digests are right."""

import json
import random
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from provenance.model.content.fingerprints import Parameters
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.registry.files.data_files import digest_of_file, sync_files
from provenance.registry.manifest import (
    DAMAGE_ERRORS,
    DataFile,
    build_typed,
    parse_chance,
    parse_file,
    parse_segment,
    read_manifest,
    registry_digest,
    render_manifest,
    segment_digest,
)
from provenance.registry.verification import verify_files
from tests.faults.hostile.corrupt_tables import EXTREMES, mutated
from tests.faults.isolated_cases import serve

ITEMS = 300
_WORDS = [f"{a}{b}{c}" for a in "bdfglm" for b in "aeiou" for c in ("n", "r", "st", "x")]
TABLES = ("statuses", "tombstones", "opt_outs", "marks", "additions")
ODD = (
    None,
    True,
    -1,
    0,
    7,
    1 << 31,
    1 << 40,
    1 << 64,
    0.5,
    1e308,
    "",
    "x",
    "é\x1b[2J",
    "0001-01-01",
    "9999-12-31",
    "2020-01-01T00:00:00+00:00",
    "a" * (1 << 20),
    [],
    {},
    [1],
)


_ODD_TIMES = (-(1 << 62), (1 << 62), 0, 1, -1, 253402300800000)
_ODD_DAYS = (date(1, 1, 1), date(9999, 12, 31), date(1970, 1, 1), -(1 << 31), (1 << 31) - 1)
_ODD_TEXTS = ("", "x", "zz", "\x1b[2J", "f" * 16, "z" * 16, "0" * 15, "é" * 5000)
_ODD_TEXTS = (*_ODD_TEXTS, "copy", "replaced", "withdrawn", "/", "a.example", "\0", "\ud7ff" * 9)


def _text(number: int) -> str:
    dice = random.Random(number)
    return " ".join(dice.choices(_WORDS, k=6 + number % 30 * (1 + 9 * (number % 50 == 0))))


def prepare(folder: Path) -> None:
    """Build the registry that is spoilt, and a corpus that holds half of its items."""
    posts = [
        {
            "id": f"p{n}",
            "text": _text(n % 280),  # the last ones say what the first ones say
            "created_at": f"2023-{1 + n % 12:02}-15T12:00:00Z" if n % 5 else None,
            "url": f"https://x.com/i/status/p{n}",
            "author": f"author {n % 40}",
        }
        for n in range(ITEMS)
    ]
    pages = [
        {"text": f"so {_text(n)} and {_text(n + 1)} then {_text(n + 7)}"}
        for n in range(0, ITEMS, 2)
    ]
    for name, rows in (("dump", posts), ("corpus", pages)):
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines)
    build_registry(folder / "made", DumpSource([str(folder / "dump.jsonl")], "x"))
    (folder / "made").rename(folder / "sound")


def _spoil_array(path: Path, dice: random.Random) -> None:
    values = np.load(path)
    limit = int(np.iinfo(values.dtype).max)
    for _ in range(dice.choice((1, 3, 30))):
        if not len(values):
            break
        at = dice.randrange(len(values))
        near = int(values[at]) + dice.randrange(-3, 4)
        number = dice.choice((near, dice.choice(EXTREMES), limit, dice.randrange(limit)))
        values[at] = number % (limit + 1)
    some = dice.randrange(len(values) + 1)
    ways: list[Callable[[], Any]] = [
        lambda: values[:some],
        lambda: np.concatenate([values, values[:some]]),
        lambda: np.zeros_like(values),
        lambda: np.flip(np.sort(values)),
        lambda: np.full_like(values, limit),
        lambda: values.astype(dice.choice([np.int64, np.float32, ">u4", np.uint8])),
    ]
    np.save(path, dice.choice(ways)() if dice.random() < 0.5 else values)


def spoil_table(path: Path, dice: random.Random) -> None:
    """Change the rows, the columns or some values of a table."""
    table = pq.read_table(path)
    name, way = dice.choice(table.column_names), dice.randrange(8)
    if way == 0:
        table = table.drop_columns([name])
    elif way == 1:
        table = table.slice(0, dice.randrange(len(table) + 1))
    elif way == 2:
        table = pa.concat_tables([table, table])
    elif way == 3:
        table = table.take(pa.array(dice.sample(range(len(table)), len(table)), pa.int64()))
    else:
        kind = None if way < 7 else dice.choice([pa.string(), pa.float64(), pa.int64()])
        table = _with_odd_values(table, name, kind, dice)
    pq.write_table(table, path)


def _with_odd_values(
    table: pa.Table, name: str, kind: pa.DataType | None, dice: random.Random
) -> pa.Table:
    place, values = table.column_names.index(name), table[name].to_pylist()
    for _ in range(dice.choice((1, 5, 50))):
        if values:
            values[dice.randrange(len(values))] = _odd_value(table[name].type, dice)
    field = table.schema.field(name) if kind is None else pa.field(name, kind)
    if None in values:
        field = field.with_nullable(True)
    try:
        return table.set_column(place, field, pa.array(values, field.type))
    except (pa.ArrowException, OverflowError):
        return table.set_column(place, name, pa.nulls(len(table), field.type))


def _odd_value(kind: pa.DataType, dice: random.Random) -> Any:
    if dice.random() < 0.2:
        return None
    if pa.types.is_integer(kind):
        limit = 1 << kind.bit_width
        return dice.choice((dice.randrange(limit), limit - 1, dice.randrange(9), ITEMS))
    if pa.types.is_fixed_size_list(kind):
        return [dice.randrange(1 << 32)] * kind.list_size
    if pa.types.is_fixed_size_binary(kind):
        return dice.randbytes(kind.byte_width)
    if pa.types.is_large_binary(kind):
        return dice.randbytes(dice.choice((0, 1, 3, 4, 8, 4000)))
    others = _ODD_TIMES if pa.types.is_timestamp(kind) else _ODD_TEXTS
    return dice.choice(_ODD_DAYS if pa.types.is_date(kind) else others)


def _spoil_bytes(path: Path, dice: random.Random) -> None:
    path.write_bytes(mutated(path.read_bytes(), dice))


def _spoil_manifest(stated: dict[str, Any], dice: random.Random) -> None:
    inside: Any = stated
    while True:
        key = dice.choice(sorted(inside) if isinstance(inside, dict) else range(len(inside)))
        if not isinstance(inside[key], dict | list) or not inside[key] or dice.random() < 0.2:
            break
        inside = inside[key]
    if isinstance(inside, dict) and dice.random() < 0.2:
        del inside[key]
    else:
        inside[key] = dice.choice(ODD)


_SPOILERS: tuple[Callable[[Path, random.Random], None], ...] = (
    _spoil_array,
    _spoil_array,
    spoil_table,
    spoil_table,
    _spoil_bytes,
)


def spoil(folder: Path, dice: random.Random) -> None:
    """Spoil a registry, and make its digests right again."""
    before = read_manifest(folder)
    stated = json.loads(render_manifest(before))
    tables = [name for name in TABLES if stated[name] is not None]
    roll = dice.random()
    if roll < 0.2:
        _spoil_manifest(stated, dice)
    elif tables and roll < 0.7:
        name = dice.choice(tables)
        stated[name] = _spoil_side_table(folder, getattr(before, name), dice)
    elif before.segments:
        _spoil_segment(folder, stated, dice.randrange(len(before.segments)), dice)
    state(folder, stated)


def state(folder: Path, stated: dict[str, Any]) -> None:
    """Write a manifest, with the digest that is right for what it says, if that can be told."""
    with suppress(*DAMAGE_ERRORS):
        stated["digest"] = digest_of_content(stated)
    (folder / "registry.json").write_text(json.dumps(stated))


def digest_of_content(stated: dict[str, Any]) -> str:
    """Return the digest of what a manifest says."""
    tables = {name: stated[name] and parse_file(stated[name]) for name in TABLES}
    del tables["additions"]
    segments = map(parse_segment, stated["segments"])
    parameters = build_typed(Parameters, stated["parameters"])
    chance = parse_chance(**stated["chance"])
    return registry_digest(parameters, chance, segments, key_id=stated["key_id"], **tables)


def _spoil_segment(folder: Path, stated: dict[str, Any], place: int, dice: random.Random) -> None:
    entry = stated["segments"][place]
    data = folder / parse_segment(entry).folder
    path = data / dice.choice(sorted(file["name"] for file in entry["files"]))
    spoiler = dice.choice(_SPOILERS)
    while (spoiler is _spoil_array) != (path.suffix == ".npy") and spoiler is not _spoil_bytes:
        spoiler = dice.choice(_SPOILERS)
    spoiler(path, dice)
    if path.suffix == ".npy" and dice.random() < 0.5:
        _count_again(entry, path)
    files = sync_files(data)
    entry["files"] = [asdict(file) for file in files]
    entry["digest"] = segment_digest(files)
    data.rename(folder / f"segment-{entry['digest'][:16]}")


def _spoil_side_table(folder: Path, entry: DataFile, dice: random.Random) -> dict[str, Any]:
    stem, path = entry.name.partition("-")[0], folder / "spoilt"
    (folder / entry.name).rename(path)
    dice.choice((spoil_table, spoil_table, spoil_table, _spoil_bytes))(path, dice)
    digest = digest_of_file(path)
    named = path.rename(folder / f"{stem}-{digest[:16]}.parquet")
    return asdict(DataFile(named.name, named.stat().st_size, digest))


def _count_again(stated: dict[str, Any], path: Path) -> None:
    """Let the manifest count what is there, so that more of it is believed."""
    try:
        count = len(np.load(path))
    except (ValueError, OSError, struct.error, TokenError):
        return
    if path.stem in {"shingles", "owners", "positions"}:
        stated["postings"] = count
    elif path.stem == "tokens":
        stated["tokens"] = count
    elif path.stem in {"sizes", "firsts", "codes", "authors", "keys", "sequences"}:
        stated["items"] = count
    elif path.stem == "signed":
        stated["signatures"] = count


def _use(folder: Path, case: int) -> None:
    if not (folder / "sound").is_dir():
        prepare(folder)
    registry, dice = folder / "registry", random.Random(case)
    shutil.rmtree(registry, ignore_errors=True)
    shutil.copytree(folder / "sound", registry)
    spoil(registry, dice)
    if case % 6 == 0:
        verify_files(registry)
        return
    policy = Policy(registries=(str(registry),))
    check([str(folder / "corpus.jsonl")], policy, Settings(threads=1))


if __name__ == "__main__":
    serve(_use)
