"""Data sets written to files, each by a worker: vocabularies, pages, posts, kinds of text."""

import json
from collections.abc import Iterator
from itertools import cycle, islice, pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.speed.texts import Plant, plants, recombined, vocabulary, with_plants
from benchmarks.speed.words import running_words, runs_of_letters, texts_of, words_of_scripts

GROUP = 16_000_000
"""Bytes of text a row group."""

CUT = 4000
"""Characters of a page that is cut from a longer text."""

BATCH = 50_000
"""Posts a row group."""

SHORTEST, LONGEST = 200, 1000
"""Words of a page."""


def make_vocabulary(file: str, addresses: list[str]) -> dict[str, Any]:
    """Read words, and keep them."""
    words = running_words(addresses)
    pq.write_table(pa.table({"word": vocabulary(words)}), file)
    return {"words": len(words)}


def _words(file: str) -> pa.Array:
    return pq.read_table(file)["word"].combine_chunks()


def make_posts(
    file: str, words: str, count: int, shortest: int, longest: int, seed: int
) -> dict[str, Any]:
    """Write posts as a dump: Parquet, and the same as JSON Lines in zstd beside it."""
    known, size = _words(words), 0
    lines = Path(file).with_suffix(".jsonl.zst")
    with (
        pq.ParquetWriter(file, _post_columns(known, [], []).schema, compression="zstd") as out,
        pa.CompressedOutputStream(str(lines), "zstd") as stream,
    ):
        for place, first in enumerate(range(0, count, BATCH)):
            dice = np.random.default_rng([seed, place])
            numbers = range(first, min(first + BATCH, count))
            lengths = dice.integers(shortest, longest + 1, len(numbers))
            table = _post_columns(known, list(numbers), recombined(known, lengths, dice))
            out.write_table(table)
            stream.write("".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode())
            size += sum(chunk.buffers()[2].size for chunk in table["text"].chunks)
    return {"bytes": size, "posts": count}


def _post_columns(words: pa.Array, numbers: list[int], texts: Any) -> pa.Table:
    days = [f"2021-{1 + one % 12:02d}-{1 + one % 28:02d}T12:00:00Z" for one in numbers]
    return pa.table(
        {
            "id": pa.array([f"p{one:07d}" for one in numbers], pa.string()),
            "text": pa.array(texts, words.type),
            "created_at": pa.array(days, pa.string()),
            "author": pa.array([f"a{one % 9973}" for one in numbers], pa.string()),
        }
    )


def make_pages(
    file: str,
    words: str,
    megabytes: float,
    seed: int,
    posts: str | None = None,
    planted: int = 0,
) -> dict[str, Any]:
    """Write a corpus of pages, of which `planted` hold a post each; all of them, if that is -1.

    Beside it goes `FILE.truth.json`: row, post and kind of every plant.
    """
    known, size, row = _words(words), 0, 0
    rows = _rows(known, megabytes)
    waiting = _plants(posts, planted if planted > 0 else rows, known, seed) if posts else iter(())
    every = rows // planted if planted > 0 else 1
    truth = []
    schema = pa.schema([("id", pa.string()), ("text", known.type)])
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        for place, target in enumerate(_groups(megabytes)):
            dice = np.random.default_rng([seed, place])
            lengths = dice.integers(SHORTEST, LONGEST + 1, _rows(known, target / 1e6))
            numbers = range(row, row + len(lengths))
            own = [next(waiting, None) if one % every == 0 else None for one in numbers]
            texts = with_plants(known, lengths, own, dice)
            ids = pa.array([f"d{one:07d}" for one in numbers], pa.string())
            out.write_table(pa.table({"id": ids, "text": texts}, schema))
            truth += [(n, p.post, p.kind) for n, p in zip(numbers, own, strict=True) if p]
            size += texts.buffers()[2].size
            row += len(lengths)
    Path(f"{file}.truth.json").write_text(json.dumps({"pages": row, "plants": truth}), "utf-8")
    return {"bytes": size, "texts": row, "plants": len(truth)}


def _groups(megabytes: float) -> list[float]:
    whole = int(megabytes * 1e6)
    count = max(1, round(whole / GROUP))
    return [whole / count] * count


def _rows(words: pa.Array, megabytes: float) -> int:
    """Give how many pages make so much text."""
    a_word = float(words.buffers()[2].size) / len(words)
    return max(1, round(megabytes * 1e6 / a_word / ((SHORTEST + LONGEST) / 2)))


def _plants(posts: str, planted: int, words: pa.Array, seed: int) -> Iterator[Plant]:
    """Treat so many posts of a dump, in an order of their own; over and over if it has fewer."""
    table = pq.read_table(posts, columns=["id", "text"])
    order = np.random.default_rng([seed, 1 << 20]).permutation(len(table))
    chosen = table.take(order[:planted])
    ids, texts = chosen["id"].to_pylist(), chosen["text"].to_pylist()
    yield from islice(cycle(plants(ids, texts, words, seed)), planted)


def make_real(file: str, addresses: list[str], megabytes: float) -> dict[str, Any]:
    """Cut texts of others into pages, until they make so many megabytes."""
    pages, size = [], 0
    for text in texts_of(addresses):
        cut = [text[first : first + CUT] for first in range(0, len(text), CUT)]
        pages += cut
        size += len(text.encode())
        if size > megabytes * 1e6:
            break
    ids = [f"r{one:07d}" for one in range(len(pages))]
    table = pa.table({"id": ids, "text": pa.array(pages, pa.large_string())})
    pq.write_table(table, file, compression="zstd", row_group_size=GROUP // CUT)
    return {"bytes": size, "texts": len(pages)}


def make_shards(file: str, source: str, folder: str, count: int) -> dict[str, Any]:
    """Write a corpus as so many files; and to `file` the first of them, its rows turned round."""
    table = pq.read_table(source)
    bounds = np.linspace(0, len(table), count + 1).astype(int).tolist()
    Path(folder).mkdir(exist_ok=True)
    for shard, (first, end) in enumerate(pairwise(bounds)):
        own = table.slice(first, end - first)
        pq.write_table(own, Path(folder) / f"{shard:04d}.parquet", compression="zstd")
    turned = table.take(np.arange(bounds[1])[::-1])
    pq.write_table(turned, file, compression="zstd")
    return {"texts": len(table)}


def make_kinds(
    folder: str, words: str, megabytes: float, declarations: str | None, seed: int
) -> dict[str, Any]:
    """Write a Parquet file of texts of each kind; give their names in order."""
    english = _words(words)
    kinds = {
        "English pages": (english, SHORTEST, LONGEST),
        "Short posts": (english, 6, 28),
        "Long ASCII runs": (vocabulary(runs_of_letters(Random(seed))), 2, 6),
    }
    for script, known in words_of_scripts(declarations, seed).items():
        kinds[script] = (vocabulary(known), SHORTEST, LONGEST)
    for name, (known, shortest, longest) in kinds.items():
        dice = np.random.default_rng(seed)
        a_word = known.buffers()[2].size / len(known)
        count = max(1, round(megabytes * 1e6 / a_word / ((shortest + longest) / 2)))
        texts = recombined(known, dice.integers(shortest, longest + 1, count), dice)
        pq.write_table(pa.table({"text": texts}), Path(folder) / f"{name}.parquet")
    return {"kinds": list(kinds)}


def make_lines(file: str, out: str, kind: str) -> dict[str, Any]:
    """Write texts as the JSON Lines that `decontaminate` reads: `pages`, or `posts` to look for."""
    rows = pq.read_table(file, columns=["text"])["text"].to_pylist()
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    with Path(out).open("w", encoding="utf-8") as lines:
        for place, text in enumerate(rows):
            row = {"text": text} if kind == "pages" else _question(place, text)
            lines.write(json.dumps(row) + "\n")
    return {}


def _question(place: int, text: str) -> dict[str, Any]:
    return {
        "eval_key": "posts",
        "eval_instance_index": place,
        "split": "test",
        "question": text,
        "passage": "",
        "answer": "",
        "fingerprint": str(place),
        "is_correct": True,
        "doc_id": place,
    }
