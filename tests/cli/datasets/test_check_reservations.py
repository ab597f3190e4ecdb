"""`check --background` and `--control`, as their user meets them."""

import json
from pathlib import Path

from tests.cli.conftest import WORDS

BOOK = f"It begins as all such stories do. {WORDS} for weeks on end, and then it stops."
LATER = [
    "the lighthouse keeper keeps a ledger of every gull that ever stole his sandwich",
    "nobody told the marching band that the parade had moved to the other river bank",
]


def _built(provenance, folder: Path, name: str, texts: list[str]) -> None:
    rows = [{"id": str(row), "text": text} for row, text in enumerate(texts)]
    (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    if not (folder / name).exists():
        done = provenance("registry", "build", name, "--source", name, f"{name}.jsonl", cwd=folder)
        assert done.returncode == 0, done.stderr


def test_findings_in_a_background_pass_and_are_contested(provenance, world) -> None:
    _built(provenance, world, "books", [BOOK])
    asked = ("check", "train.jsonl", "--registry", "reg")

    alone = provenance(*asked, "-q", cwd=world)
    beside = provenance(*asked, "--background", "books", cwd=world)

    assert (alone.returncode, beside.returncode) == (1, 0), beside.stderr
    assert "forbidden: 0% uncontested" in beside.stdout
    text = " ".join(beside.stdout.split())
    assert (
        "Background registry books: 1 item; findings that it also contains are contested." in text
    )


def test_a_policy_names_backgrounds_too(provenance, world) -> None:
    _built(provenance, world, "books", [BOOK])
    policy = world / "books.toml"
    policy.write_text('[check]\nregistries = ["reg"]\nbackgrounds = ["books"]\n')

    done = provenance("check", "train.jsonl", "--policy", "books.toml", "--format=json", cwd=world)

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [each["path"] for each in result["backgrounds"]] == ["books"]
    assert [each["path"] for each in result["registries"]] == ["reg"]
    assert result["policy"]["backgrounds"] == ["books"]


def test_a_control_says_how_many_findings_may_be_chance(provenance, world) -> None:
    _built(provenance, world, "later", LATER)

    done = provenance("check", "train.jsonl", "--registry", "reg", "--control", "later", cwd=world)

    assert done.returncode == 1, done.stderr
    told = " ".join(done.stdout.split())
    assert "Of 3 findings by content, about 0 (0\N{EN DASH}3) may be chance" in told
    assert "measured with 2 items that cannot be in the corpus (later)." in told


def test_a_registry_is_no_control_and_no_background_of_its_own(provenance, world) -> None:
    for option, word in (("--control", "control"), ("--background", "background")):
        done = provenance("check", "train.jsonl", "--registry", "reg", option, "reg", cwd=world)
        assert done.returncode == 2
        assert word in done.stderr
        assert "Try:" in done.stderr
