"""`registry mark --ids` marks the items that an address names, not those of other sources."""

import json

from tests.cli.commandline import provenance

WORDS = "herons ferries lanterns bollards gulls cranes tides harbours eels pilots"


def ok(folder, *arguments):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_an_address_marks_the_item_of_its_source_only(tmp_path):
    for source, url in (("x", "https://x.com/ada/status/20"), ("forum", "https://a.example/20")):
        row = {"id": "20", "url": url, "text": f"{source} {WORDS}"}
        (tmp_path / f"{source}.jsonl").write_text(f"{json.dumps(row)}\n", "utf-8")
    ok(tmp_path, "registry", "build", "reg", "--source", "x", "x.jsonl", "-q")
    ok(tmp_path, "registry", "add", "reg", "--source", "forum", "forum.jsonl", "-q")
    (tmp_path / "ids.txt").write_text("https://mobile.twitter.com/ada/status/20\n", "utf-8")
    assert "1 item" in ok(tmp_path, "registry", "mark", "reg", "--ids", "ids.txt")
    again = ok(tmp_path, "registry", "mark", "reg", "--ids", "ids.txt", "--undo")
    assert "1 item" in again
