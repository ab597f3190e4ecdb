"""`provenance sources`: where dumps come from."""


def test_all_sources_are_listed_and_one_is_shown(provenance, tmp_path):
    listed = provenance("sources", cwd=tmp_path)
    assert listed.returncode == 0
    assert len(listed.stdout.splitlines()) == 22
    assert "books3          do not use" in listed.stdout
    shown = provenance("sources", "Hacker News", cwd=tmp_path)
    assert "48 million items" in shown.stdout
    assert "read on 2026-" in shown.stdout
    assert "provenance registry build registries/hackernews --source hackernews" in shown.stdout


def test_a_source_that_should_not_be_used_has_no_command(provenance, tmp_path):
    shown = provenance("sources", "books3", cwd=tmp_path)
    assert "Do not use: Books3" in shown.stdout
    assert "registry build" not in shown.stdout


def test_a_mistyped_name_is_an_error(provenance, tmp_path):
    done = provenance("sources", "redit", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean reddit?" in done.stderr
