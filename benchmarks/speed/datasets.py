"""Generate datasets in workers: vocabularies, pages, posts, kinds of text."""

import json
from collections.abc import Iterator
from itertools import cycle, islice, pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.speed.texts import Plant, make_plants, recombine, recombine_with_plants, vocabulary
from benchmarks.speed.words import random_letter_runs, running_words, texts_of, words_of_scripts

GROUP = 16_000_000
"""Bytes of text per row group."""

CUT = 4000
"""Characters of a page that is cut from a longer text."""

BATCH = 50_000
"""Posts per row group."""

SHORTEST, LONGEST = 200, 1000
"""Range of words per page."""


def make_vocabulary(file: str, addresses: list[str]) -> dict[str, Any]:
    """Read words, and write them as a vocabulary."""
    words = running_words(addresses)
    pq.write_table(pa.table({"word": vocabulary(words)}), file)
    return {"words": len(words)}


def _words(file: str) -> pa.Array:
    return pq.read_table(file)["word"].combine_chunks()


def make_posts(
    file: str, words: str, count: int, shortest: int, longest: int, seed: int
) -> dict[str, Any]:
    """Write posts as a dump, in Parquet and as JSON Lines with zstd."""
    word_array, size = _words(words), 0
    lines = Path(file).with_suffix(".jsonl.zst")
    with (
        pq.ParquetWriter(file, _post_columns(word_array, [], []).schema, compression="zstd") as out,
        pa.CompressedOutputStream(str(lines), "zstd") as stream,
    ):
        for group, first in enumerate(range(0, count, BATCH)):
            rng = np.random.default_rng([seed, group])
            numbers = range(first, min(first + BATCH, count))
            lengths = rng.integers(shortest, longest + 1, len(numbers))
            table = _post_columns(word_array, list(numbers), recombine(word_array, lengths, rng))
            out.write_table(table)
            stream.write("".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode())
            size += sum(chunk.buffers()[2].size for chunk in table["text"].chunks)
    return {"bytes": size, "posts": count}


def _post_columns(words: pa.Array, numbers: list[int], texts: Any) -> pa.Table:
    days = [f"2021-{1 + number % 12:02d}-{1 + number % 28:02d}T12:00:00Z" for number in numbers]
    return pa.table(
        {
            "id": pa.array([f"p{number:07d}" for number in numbers], pa.string()),
            "text": pa.array(texts, words.type),
            "created_at": pa.array(days, pa.string()),
            "author": pa.array([f"a{number % 9973}" for number in numbers], pa.string()),
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
    """Write a corpus of pages, of which `planted` contain a post each; -1 for all.

    `FILE.truth.json` has row, post and kind of every planted post.
    """
    word_array, size, row = _words(words), 0, 0
    rows = _rows(word_array, megabytes)
    pending_plants = (
        _plants(posts, planted if planted > 0 else rows, word_array, seed) if posts else iter(())
    )
    interval = rows // planted if planted > 0 else 1
    truth = []
    schema = pa.schema([("id", pa.string()), ("text", word_array.type)])
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        for group, target in enumerate(_groups(megabytes)):
            rng = np.random.default_rng([seed, group])
            lengths = rng.integers(SHORTEST, LONGEST + 1, _rows(word_array, target / 1e6))
            numbers = range(row, row + len(lengths))
            group_plants = [
                next(pending_plants, None) if number % interval == 0 else None for number in numbers
            ]
            texts = recombine_with_plants(word_array, lengths, group_plants, rng)
            ids = pa.array([f"d{number:07d}" for number in numbers], pa.string())
            out.write_table(pa.table({"id": ids, "text": texts}, schema))
            truth += [(n, p.post, p.kind) for n, p in zip(numbers, group_plants, strict=True) if p]
            size += texts.buffers()[2].size
            row += len(lengths)
    Path(f"{file}.truth.json").write_text(json.dumps({"pages": row, "plants": truth}), "utf-8")
    return {"bytes": size, "texts": row, "plants": len(truth)}


def _groups(megabytes: float) -> list[float]:
    total = int(megabytes * 1e6)
    count = max(1, round(total / GROUP))
    return [total / count] * count


def _rows(words: pa.Array, megabytes: float) -> int:
    """Return the number of pages of so much text."""
    a_word = float(words.buffers()[2].size) / len(words)
    return max(1, round(megabytes * 1e6 / a_word / ((SHORTEST + LONGEST) / 2)))


def _plants(posts: str, planted: int, words: pa.Array, seed: int) -> Iterator[Plant]:
    """Yield plants from the posts of a dump in random order, repeatedly if there are fewer."""
    table = pq.read_table(posts, columns=["id", "text"])
    order = np.random.default_rng([seed, 1 << 20]).permutation(len(table))
    selected = table.take(order[:planted])
    ids, texts = selected["id"].to_pylist(), selected["text"].to_pylist()
    yield from islice(cycle(make_plants(ids, texts, words, seed)), planted)


def make_real(file: str, addresses: list[str], megabytes: float) -> dict[str, Any]:
    """Cut real texts into pages, up to a number of megabytes."""
    pages, size = [], 0
    for text in texts_of(addresses):
        pieces = [text[first : first + CUT] for first in range(0, len(text), CUT)]
        pages += pieces
        size += len(text.encode())
        if size > megabytes * 1e6:
            break
    ids = [f"r{number:07d}" for number in range(len(pages))]
    table = pa.table({"id": ids, "text": pa.array(pages, pa.large_string())})
    pq.write_table(table, file, compression="zstd", row_group_size=GROUP // CUT)
    return {"bytes": size, "texts": len(pages)}


def make_shards(file: str, source: str, folder: str, count: int) -> dict[str, Any]:
    """Split a corpus into files; `file` gets the first of them with reversed rows."""
    table = pq.read_table(source)
    bounds = np.linspace(0, len(table), count + 1).astype(int).tolist()
    Path(folder).mkdir(exist_ok=True)
    for shard, (first, end) in enumerate(pairwise(bounds)):
        rows = table.slice(first, end - first)
        pq.write_table(rows, Path(folder) / f"{shard:04d}.parquet", compression="zstd")
    reversed_rows = table.take(np.arange(bounds[1])[::-1])
    pq.write_table(reversed_rows, file, compression="zstd")
    return {"texts": len(table)}


def make_kinds(
    folder: str, words: str, megabytes: float, declarations: str | None, seed: int
) -> dict[str, Any]:
    """Write a Parquet file for each kind of text; returns their names in order."""
    english = _words(words)
    kinds = {
        "English pages": (english, SHORTEST, LONGEST),
        "Short posts": (english, 6, 28),
        "Long ASCII runs": (vocabulary(random_letter_runs(Random(seed))), 2, 6),
    }
    for script, script_words in words_of_scripts(declarations, seed).items():
        kinds[script] = (vocabulary(script_words), SHORTEST, LONGEST)
    for name, (script_words, shortest, longest) in kinds.items():
        rng = np.random.default_rng(seed)
        a_word = script_words.buffers()[2].size / len(script_words)
        count = max(1, round(megabytes * 1e6 / a_word / ((shortest + longest) / 2)))
        texts = recombine(script_words, rng.integers(shortest, longest + 1, count), rng)
        pq.write_table(pa.table({"text": texts}), Path(folder) / f"{name}.parquet")
    return {"kinds": list(kinds)}


def make_lines(file: str, out: str, kind: str) -> dict[str, Any]:
    """Write texts as JSON Lines for `decontaminate`: `pages`, or `posts` to search for."""
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
