"""`provenance ledger import`: many records from a table, all of them or none."""

import json
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import provenance as library
from provenance.errors import ProvenanceError
from tests.cli.commandline import provenance

USES = """\
dataset,application,purpose,when,recipient,note
posts@1,Lanterns,"ranking, again",2023-02..2023-03,Harbour Office=government; Quilt Ltd=company,
posts@1,Quilt Studio,,2023,,"Ünïcode"
"""
MIXED = [
    {"kind": "dataset", "name": "posts@1", "source": ["x", "reddit"], "route": "api"},
    {"kind": "access", "source": "x", "calls": 51000, "dataset": "posts@1; posts@2", "when": 2022},
    {"kind": "use", "dataset": "posts@1", "recipient": {"Harbour Office": "government"}},
    {"kind": "destruction", "dataset": "posts@2", "on": "2023-03-01", "copies-left": "none"},
]


def run(folder, *arguments, code=0):
    done = provenance("ledger", *arguments, "--ledger", "kept", cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if not code else done.stderr


def facts(folder):
    return [json.loads(line)["facts"] for line in run(folder, "export").splitlines()]


def test_a_record_for_each_row_as_the_commands_write_it(tmp_path):
    (tmp_path / "uses.csv").write_text(USES, "utf-8-sig")
    assert run(tmp_path, "import", "uses.csv", "--kind", "use") == "Recorded: 2 records\n"
    first, second = facts(tmp_path)
    use = ("use", "posts@1", "--application", "Lanterns", "--purpose", "ranking, again")
    recipients = ("--recipient", "Harbour Office=government", "--recipient", "Quilt Ltd=company")
    run(tmp_path, "add", *use, "--when", "2023-02..2023-03", *recipients)
    assert facts(tmp_path)[2] == first
    assert second["note"] == "Ünïcode"
    assert second["dates"] == {"first": "2023-01-01", "until": "2024-01-01"}
    assert "purpose" not in second
    assert "is intact: 3 records" in run(tmp_path, "verify")


def test_kinds_can_be_mixed_and_lists_are_lists(tmp_path):
    (tmp_path / "all.jsonl").write_text("\n".join(map(json.dumps, MIXED)), "utf-8")
    run(tmp_path, "import", "all.jsonl")
    dataset, access, use, destruction = facts(tmp_path)
    assert dataset["sources"] == ["x", "reddit"]
    assert (access["calls"], access["datasets"]) == (51000, ["posts@1", "posts@2"])
    assert use["recipients"] == [{"name": "Harbour Office", "kind": "government"}]
    assert (destruction["destroyed"], destruction["copies_left"]) == ("2023-03-01", "none")


def test_parquet_has_types(tmp_path):
    rows = [
        {"dataset": "posts@1", "on": date(2023, 3, 1), "items": 7.0, "by": None},
        {"dataset": "posts@2", "on": date(2023, 3, 2), "items": 8.0, "by": "Ada"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "gone.parquet")
    run(tmp_path, "import", "gone.parquet", "--kind", "destruction")
    assert [each["items"] for each in facts(tmp_path)] == [7, 8]
    assert [each["destroyed"] for each in facts(tmp_path)] == ["2023-03-01", "2023-03-02"]


def test_the_same_rows_are_recorded_once(tmp_path):
    (tmp_path / "uses.csv").write_text(USES + USES.splitlines()[1] + "\n")
    first = run(tmp_path, "import", "uses.csv", "--kind", "use")
    assert first == "Recorded: 2 records; 1 row on record already\n"
    again = run(tmp_path, "import", "uses.csv", "--kind", "use")
    assert again == "Recorded: 0 records; 3 rows on record already\n"
    assert len(facts(tmp_path)) == 2


def test_a_row_can_correct_a_record_and_be_repeated(tmp_path):
    wrong = run(tmp_path, "add", "access", "x", "--calls", "51000").split()[2]
    (tmp_path / "fix.csv").write_text(f"source,calls,corrects\nx,5100,{wrong[:12]}\n")
    run(tmp_path, "import", "fix.csv", "--kind", "access")
    assert "5,100 calls (stated by 1)" in run(tmp_path, "show")
    assert "0 records; 1 row" in run(tmp_path, "import", "fix.csv", "--kind", "access")
    (tmp_path / "old.csv").write_text("source,calls\nx,51000\n")
    assert "0 records; 1 row" in run(tmp_path, "import", "old.csv", "--kind", "access")


def test_names_of_sources_are_resolved_or_refused_as_in_commands(tmp_path):
    (tmp_path / "a.csv").write_text("source,calls\ntwitter,1\nX,2\nx.com,3\n")
    run(tmp_path, "import", "a.csv", "--kind", "access")
    assert {each["source"] for each in facts(tmp_path)} == {"x"}
    (tmp_path / "b.csv").write_text("name,source\nposts@1,x\nposts@2,reddit;redit\n")
    said = run(tmp_path, "import", "b.csv", "--kind", "dataset", code=2)
    assert "b.csv, line 3" in said
    assert "did you mean 'reddit'" in said
    assert len(facts(tmp_path)) == 3


def test_many_rows_are_one_command(tmp_path):
    lines = ["source,application,when,calls"]
    lines += [
        f"x,Application {number},{2022 + month // 12}-{month % 12 + 1:02},{100 * month}"
        for number in range(8)
        for month in range(24)
    ]
    (tmp_path / "calls.csv").write_text("\n".join(lines))
    assert "192 records" in run(tmp_path, "import", "calls.csv", "--kind", "access")
    shown = " ".join(run(tmp_path, "show").split())
    assert "192 records of access in force: 220,800 calls (stated by 192)" in shown


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "source,calls\nx,7\nx,many\n", "a.csv, line 3: calls is 'many'"),
        ("a.csv", "source,calls\nx,-7\n", "line 2: calls is '-7'"),
        ("a.csv", "source,route\nx,post\n", "line 2: route is 'post'"),
        ("a.csv", "source,when\nx,soon\n", "line 2: when is 'soon'"),
        ("a.csv", "source,when\nx,2999\n", "2999-01-01 is in the future"),
        ("a.csv", "source,color\nx,red\n", "a record of kind access has no 'color'"),
        ("a.csv", "source,purpose\nx,fun\n", "has no 'purpose', which is 'fun' here"),
        ("a.csv", "calls\n7\n", "line 2: source is missing"),
        ("a.csv", "source,calls\n ,7\n", "line 2: source is missing"),
        ("a.csv", "kind,source\nparty,x\n", "line 2: kind is 'party'"),
        ("a.csv", "kind,source\nuse,x\n", "not 'access' as --kind says"),
        ("a.csv", "source,source\nx,y\n", "the column 'source' is there twice"),
        ("a.csv", "source\nx,y\n", "line 2 has 2 cells for 1 column"),
        ("a.csv", 'source\n"x\n', "a.csv cannot be read"),
        ("a.csv", "source\n", "has no rows"),
        ("a.csv", "source,corrects\nx,ffff\n", "'ffff' fits no record"),
        ("a.jsonl", '{"source": "x"}\n{"source"', "line 2"),
        ("a.jsonl", '["x"]', "line 1 is not a JSON object"),
        ("a.jsonl", '{"source": ["x"]}', "source is ['x']: it is not a text"),
        ("a.jsonl", '{"source": "x", "calls": 1.5}', "calls is 1.5: it is not a whole number"),
        ("a.jsonl", '{"source": "x", "calls": true}', "calls is True"),
        ("a.jsonl", '{"source": "x", "dataset": [1]}', "dataset is [1]"),
        ("a.parquet", "no table", "a.parquet cannot be read"),
        ("a.txt", "x", "is not a table that can be imported"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_recorded(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    said = run(tmp_path, "import", name, "--kind", "access", code=2)
    assert words in said
    assert "Try:" in said
    assert not list((tmp_path / "kept").rglob("records/*"))


def test_recipients_without_a_kind_are_named(tmp_path):
    (tmp_path / "a.csv").write_text("dataset,recipients\nposts@1,Somebody\nposts@1,A=friend\n")
    assert "'Somebody' is not NAME=KIND" in run(
        tmp_path, "import", "a.csv", "--kind", "use", code=2
    )
    (tmp_path / "a.csv").write_text("dataset,recipients\nposts@1,A=friend\n")
    said = run(tmp_path, "import", "a.csv", "--kind", "use", code=2)
    assert "'friend'" in said
    assert "NAME=government" in said


def test_a_report_gives_digest_and_size(tmp_path):
    (tmp_path / "a.csv").write_text("name,report\nposts@1,nowhere\n")
    said = run(tmp_path, "import", "a.csv", "--kind", "dataset", code=2)
    assert "a.csv, line 2" in said
    assert "nowhere" in said


def test_python_imports_as_the_command_does(tmp_path):
    (tmp_path / "uses.csv").write_text(USES)
    ledger = library.open_ledger(tmp_path / "kept")
    digests = ledger.import_table(tmp_path / "uses.csv", kind="use")
    assert [record["digest"] for record in ledger.records()] == digests
    assert ledger.import_table(tmp_path / "uses.csv", kind="use") == []
    with pytest.raises(ProvenanceError, match="it has no kind"):
        ledger.import_table(tmp_path / "uses.csv")
