"""`provenance cache`, and checks that use it."""

import pytest


def told(done) -> str:
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_a_check_is_kept_shown_and_cleared(provenance, world, tmp_path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVENANCE_CACHE", str(tmp_path / "kept"))
        check = ("check", "train.jsonl", "--registry", "reg")
        assert "0 entries, 0 bytes" in told(provenance("cache", "show", cwd=world))
        alone = told(provenance(*check, "--no-cache", cwd=world))
        assert not (tmp_path / "kept").exists()
        first = told(provenance(*check, cwd=world))
        assert "2 entries" in told(provenance("cache", "show", cwd=world))
        assert alone == first == told(provenance(*check, cwd=world))
        cleared = told(provenance("cache", "clear", cwd=world))
        assert cleared.startswith("Deleted 2 entries")
        assert str(tmp_path / "kept") in cleared
        assert "0 entries" in told(provenance("cache", "show", cwd=world))
