"""Two datasets compared, where a file cannot be read again, or not in one of them."""

import json

import pytest

from provenance.model.rules.policy import Policy
from provenance.pipeline import diff
from provenance.pipeline.cleaning import dataset_diff
from provenance.pipeline.settings import Settings
from tests.faults.conftest import names, nothing_but_zeros, page, write_corpus, write_jsonl


@pytest.fixture
def compared(tmp_path, registry):
    def run(**settings):
        old, new = str(tmp_path / "old"), str(tmp_path / "new")
        return diff(old, new, Policy(registries=(registry,)), Settings(**settings))

    return run


def told(changes):
    documents = changes.documents
    return documents.added, documents.removed, documents.changed, documents.same


@pytest.mark.parametrize("side", ["old", "new"])
def test_a_file_that_cannot_be_read_again_is_named_and_its_documents_are_no_change(
    tmp_path, compared, monkeypatch, side
):
    for name in ("old", "new"):
        write_jsonl(tmp_path / name / "a.jsonl", 0)
        write_jsonl(tmp_path / name / "b.jsonl", 8, 8 if name == "old" else 9)
        write_jsonl(tmp_path / name / "c.jsonl", 20, 8 if name == "old" else 9)
    inner = dataset_diff.compare_documents

    def after_loss(*arguments):
        (tmp_path / side / "b.jsonl").unlink()
        return inner(*arguments)

    assert told(compared()) == (2, 0, 0, 24)
    monkeypatch.setattr(dataset_diff, "compare_documents", after_loss)
    changes = compared()
    assert told(changes) == (1, 0, 0, 16)
    assert names(getattr(changes, side).unread) == ["b.jsonl"]
    assert getattr(changes, side).status == "incomplete"
    assert changes.is_incomplete
    assert any("may be in unread files of the other" in said for said in changes.reservations)


@pytest.mark.parametrize("side", ["old", "new"])
def test_documents_of_a_file_that_only_one_side_can_read_are_neither_added_nor_removed(
    tmp_path, compared, side
):
    for name in ("old", "new"):
        files = write_corpus(tmp_path / name)
        if name == side:
            nothing_but_zeros(files[0])
    changes = compared()
    assert told(changes) == (0, 0, 0, 40)
    assert names(getattr(changes, side).unread) == ["a.jsonl"]


def test_of_files_of_other_names_nothing_is_called_removed_that_may_be_unread(tmp_path, compared):
    lines = [json.dumps({"id": f"d{n}", "text": page(n)}) for n in range(30)]
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "old" / "a.jsonl").write_text("\n".join(lines))
    (tmp_path / "new" / "b.jsonl").write_text("\n".join(lines[:10]))
    nothing_but_zeros(tmp_path / "new" / "c.jsonl")
    assert told(compared()) == (0, 0, 0, 10)
    (tmp_path / "new" / "c.jsonl").unlink()
    assert told(compared()) == (0, 20, 0, 10)
