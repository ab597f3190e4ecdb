"""Rows of a form: other instances do not count, copies do, and the first tell nothing of these."""

import random

from benchmarks.templates import COPIES, ROWS, TEMPLATES, build, measure, sample_rows


def test_rows_of_the_same_form_are_no_copies(tmp_path):
    items, rows = sample_rows(TEMPLATES["job advertisement"], random.Random(2))
    found, counted = measure(tmp_path, rows, build(tmp_path, items, []), [])
    assert found["other"] == ROWS
    assert counted["other"] <= ROWS // 100
    assert counted["whole"] == counted["edited"] == COPIES


def test_few_copies_among_many_other_rows_of_the_form_count(tmp_path):
    items, rows = sample_rows(TEMPLATES["classified"], random.Random(3))
    copies = [row for row in rows if row[0] != "other"][:12]
    others = [row for row in rows if row[0] == "other"]
    _, counted = measure(tmp_path, [*others, *copies], build(tmp_path, items, []), [])
    assert sum(counted[kind] for kind in ("whole", "edited", "half")) == len(copies)
