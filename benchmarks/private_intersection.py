"""Measure what private set intersection costs for each element.

    python -m benchmarks.private_intersection [--elements N]

Times are of the processor, so that other work on the machine matters little; the multiplications
run on all cores. The text of `docs/exchange.md` has the figures.
"""

import argparse
from collections.abc import Callable
from time import process_time
from typing import TypeVar

import numpy as np

from provenance.pipeline.exchange.private_intersection import (
    Query,
    answer_query,
    map_to_points,
    split_points,
)

T = TypeVar("T")


def _measure(label: str, count: int, step: Callable[[], T]) -> T:
    start = process_time()
    result = step()
    print(f"{label:50} {(process_time() - start) / count * 1e6:6.0f} µs an element")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elements", type=int, default=20_000)
    count = parser.parse_args().elements
    elements = np.stack([np.arange(count), np.full(count, 30)], axis=1).astype(np.uint64)
    own = _measure("server, once: map its elements", count, lambda: map_to_points(elements, "x"))
    query = _measure("client: make a query", count, lambda: Query(elements, "x"))
    points = _measure("server: validate a query", count, lambda: split_points(query.content))
    _measure("server: answer, of a query's elements", count, lambda: _answer(points, own[:1]))
    answer = _measure("server: answer, of its own, too", count, lambda: _answer(points, own))
    _measure("client: read an answer", count, lambda: query.read_answer(answer))
    print(f"{len(query.content) / count:.0f} bytes sent, {len(answer) / count:.0f} received")


def _answer(points: list[bytes], own: list[bytes]) -> bytes:
    return answer_query(points, own, in_order=False)


if __name__ == "__main__":
    main()
