"""`provenance check --output`: what it replaces in a folder."""

import pytest


@pytest.mark.parametrize("shard", [(), ("--shard", "1/2")], ids=["whole", "shard"])
def test_files_of_others_are_refused_before_the_check(provenance, world, tmp_path, shard):
    mine = tmp_path / "result.json"
    mine.write_text('{"my": "results"}')
    done = provenance(
        *("check", "train.jsonl", "--registry", "reg", "-q", "-o", str(tmp_path), *shard), cwd=world
    )
    assert done.returncode == 2
    assert f"{tmp_path} has a file result.json that provenance did not write" in done.stderr
    assert "name another folder with --output" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert mine.read_text() == '{"my": "results"}'


def test_a_report_is_written_again(provenance, world, tmp_path):
    for _ in range(2):
        done = provenance(
            *("check", "train.jsonl", "--registry", "reg", "-q", "-o", str(tmp_path)), cwd=world
        )
        assert done.returncode == 1, done.stderr


@pytest.mark.parametrize(
    ("option", "name"), [("--output", "audit.md"), ("--forget-set", "forget.parquet")]
)
def test_answers_replace_answers_only(provenance, world, tmp_path, option, name):
    report, folder = str(tmp_path / "report"), tmp_path / "answer"
    provenance("check", "train.jsonl", "--registry", "reg", "-q", "-o", report, cwd=world)
    arguments = ("audit", "x", "--report", report, "-q", option, str(folder))
    for _ in range(2):
        assert provenance(*arguments, cwd=world).returncode == 0
    for path in folder.iterdir():
        path.unlink()
    (folder / name).write_text("mine")
    done = provenance(*arguments, cwd=world)
    assert done.returncode == 2
    assert f"has a file {name} that provenance did not write" in done.stderr
    assert (folder / name).read_text() == "mine"
    assert len(list(folder.iterdir())) == 1
