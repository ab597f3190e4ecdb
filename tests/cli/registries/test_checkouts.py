"""Registries of checkouts of git repositories: what the commands say, and what a check rules."""

import json

import pyarrow.parquet as pq
import pytest

from tests.read.dumps.checkout_writing import Repository
from tests.read.dumps.installed_licences import BSD, MIT

FUNCTIONS = {
    "mill/weigh.py": """
def weigh_wet_barley(sack, scales, moisture_by_month):
    \"\"\"Return what a sack of barley would weigh if the miller had dried it first.\"\"\"
    reading = scales.read(sack.number) - scales.tare
    if sack.month not in moisture_by_month:
        raise UnknownMonth(f"no moisture was measured in {sack.month}, nor in the month before")
    share = moisture_by_month[sack.month] / (1 + sack.days_under_cover)
    return round(reading * (1 - share), scales.digits)
""",
    "lamps/light.py": """
# SPDX-License-Identifier: Apache-2.0
def light_lamps_along_quay(keeper, lamps, tide_table):
    for lamp in sorted(lamps, key=lambda each: each.distance_from(keeper.hut)):
        if tide_table.is_high_water(lamp.position) and not lamp.has_sheltered_step:
            keeper.note(f"lamp {lamp.number} was left dark, because its step was under water")
            continue
        lamp.trim_wick(keeper.scissors).fill(keeper.can).strike(keeper.next_match())
    return keeper.walk_home(before=tide_table.next_low_water)
""",
}


@pytest.fixture
def checkout(tmp_path):
    repository = Repository(tmp_path / "quay")
    for path, code in FUNCTIONS.items():
        repository.add(path, code)
    repository.add("own.py", "# From b, under the Mozilla Public License.\nKEY = 'lantern'\n")
    repository.add("LICENSE", MIT)
    repository.add("logo.png", b"\0")
    return tmp_path, repository.commit("https://github.com/mira/quay")


def test_the_summary_says_where_licences_are_from(provenance, checkout):
    folder, commit = checkout
    built = provenance("registry", "build", "r", "--source", "github", "quay", cwd=folder)
    recipe = provenance("registry", "show", "r", "--recipe", cwd=folder)

    assert built.returncode == 0, built.stderr
    assert built.stdout.splitlines()[:3] == [
        "Kept 3 items: all have id, date, url and author, 2 have licence, none has language.",
        "Skipped 2 records: 1 the text of a licence, 1 a binary file.",
        "Licences: 1 from file headers, 1 from licence files, 1 unknown.",
    ]
    assert f"layout git, version {commit}" in recipe.stdout


def test_other_processes_read_the_same(provenance, checkout):
    folder, _ = checkout
    options = ("--source", "github", "quay")
    here = provenance("registry", "build", "a", *options, cwd=folder)
    there = provenance("registry", "build", "b", "--engine", "processes", *options, cwd=folder)

    assert here.stdout.splitlines()[:3] == there.stdout.splitlines()[:3]


def test_a_dry_run_shows_the_files(provenance, checkout):
    folder, _ = checkout
    words = ("registry", "build", "r", "--source", "github", "quay", "--dry-run")
    shown = provenance(*words, cwd=folder)

    head, _, first, *_ = shown.stdout.splitlines()
    assert head == "quay: layout git"
    assert first.split(" | ")[0].strip() == "mira/quay/lamps/light.py"
    assert " | mira | Apache-2.0 | " in first
    assert not (folder / "r").exists()


@pytest.mark.parametrize(
    ("file", "text", "verdict"),
    [
        ("LICENSE", MIT, "restricted"),
        ("LICENSE", BSD, "restricted"),
        ("package.json", '{"license": "LicenseRef-harbour"}', "unknown"),
        ("package.json", '{"license": "LicenseRef-harbour OR MIT"}', "restricted"),
        ("package.json", '{"license": "LicenseRef-harbour AND MIT"}', "unknown"),
    ],
)
def test_the_licence_of_a_file_decides_what_a_check_says_of_its_code(
    provenance, tmp_path, file, text, verdict
):
    rows = [{"id": path, "text": f"x = 1\n{code}"} for path, code in FUNCTIONS.items()]
    (tmp_path / "data.jsonl").write_text("\n".join(map(json.dumps, rows)))
    repository = Repository(tmp_path / "quay")
    for path, code in FUNCTIONS.items():
        repository.add(path, code)
    repository.add(file, text)
    repository.commit()
    provenance("registry", "build", "r", "--source", "github", "-q", "quay", cwd=tmp_path)
    options = ("--registry", "r", "-q", "--purpose", "pretraining", "--non-commercial")
    provenance("check", "data.jsonl", *options, "-o", "report", cwd=tmp_path)

    found = pq.read_table(tmp_path / "report" / "findings.parquet").to_pylist()
    # GitHub's terms restrict both; the rules know MIT, BSD-2-Clause and Apache-2.0.
    assert {row["document"]: row["verdict"] for row in found} == {
        "lamps/light.py": "restricted",
        "mill/weigh.py": verdict,
    }
