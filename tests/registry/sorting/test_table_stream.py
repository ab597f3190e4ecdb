"""Tables flow in bounded pieces."""

import threading
import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.registry.schema import TEXTS_SCHEMA
from provenance.registry.sorting.table_stream import (
    ChunkSize,
    ParquetSink,
    map_in_threads,
    split_into_chunks,
)

WEIGHTS = st.lists(st.integers(0, 12), max_size=40)


def batches_of(weights, places):
    bounds = [0, *sorted(place % (len(weights) + 1) for place in places), len(weights)]
    batch = pa.record_batch({"weight": pa.array(weights, pa.int64())})
    return [batch.slice(a, b - a) for a, b in pairwise(bounds)]


def cut(batches, most):
    tables = split_into_chunks(batches, most, lambda batch: batch["weight"].to_numpy())
    return [table["weight"].to_pylist() for table in tables]


def plain_cut(weights, most):
    pieces = []
    for weight in weights:
        fits = pieces and len(pieces[-1]) < most.rows and sum(pieces[-1]) + weight <= most.weight
        if fits:
            pieces[-1].append(weight)
        else:
            pieces.append([weight])
    return pieces


@given(
    weights=WEIGHTS,
    places=st.lists(st.integers(0, 99), max_size=5),
    most=st.builds(ChunkSize, st.integers(1, 9), st.integers(0, 20)),
)
def test_portions_are_the_same_whatever_the_batches(weights, places, most):
    assert cut(batches_of(weights, places), most) == plain_cut(weights, most)


def test_a_portion_is_one_chunk():
    tables = split_into_chunks(
        batches_of([1] * 10, [3, 5]), ChunkSize(4, 99), lambda batch: np.ones(len(batch), np.int64)
    )
    assert [table["weight"].num_chunks for table in tables] == [1, 1, 1]


def test_results_come_in_the_order_of_the_arguments():
    def slow(number):
        time.sleep(0.01 * (number % 3))
        return number

    assert list(map_in_threads(slow, range(12), 3)) == list(range(12))


def test_arguments_are_taken_no_faster_than_results():
    taken = []

    def numbers():
        for number in range(100):
            taken.append(number)
            yield number

    results = map_in_threads(lambda number: number, numbers(), 2)
    assert next(results) == 0
    assert len(taken) == 3
    results.close()
    assert len(taken) == 3


def test_several_threads_are_at_work():
    barrier = threading.Barrier(2, timeout=20)
    assert len(list(map_in_threads(lambda _: barrier.wait(), range(4), 2))) == 4


def test_an_error_in_a_thread_is_raised():
    def broken(number):
        if number == 3:
            raise KeyError(number)
        return number

    results = map_in_threads(broken, range(100), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(KeyError):
        next(results)


def test_a_sink_writes_row_groups_in_order(tmp_path):
    with ParquetSink(tmp_path / "texts.parquet", TEXTS_SCHEMA) as sink:
        for number in range(9):
            sink.put(pa.table({"text": [str(number)] * (number + 1)}, schema=TEXTS_SCHEMA))
    with pq.ParquetFile(tmp_path / "texts.parquet") as file:
        groups = [file.read_row_group(n)["text"].to_pylist() for n in range(9)]
    assert groups == [[str(number)] * (number + 1) for number in range(9)]


def test_a_sink_that_cannot_write_says_so(tmp_path):
    wrong = pa.table({"other": [1]})
    with (
        pytest.raises(ValueError, match="schema"),
        ParquetSink(tmp_path / "texts.parquet", TEXTS_SCHEMA) as sink,
    ):
        sink.put(wrong)
