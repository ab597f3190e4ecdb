"""docs/formats.md follows from the schemas of our files. `make docs` writes it anew."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pyarrow as pa

from provenance.model import FINDINGS, ChanceModel, Parameters, SourceCoverage
from provenance.registry.manifest import REQUIRED, DataFile, Manifest
from provenance.registry.schema import (
    BACKGROUND_SCHEMA,
    ITEMS_SCHEMA,
    SHARED_SCHEMA,
    SKETCH_SCHEMA,
    TEXTS_SCHEMA,
    signatures_schema,
)
from tests.docs.columns import FINDINGS_COLUMNS, REGISTRY_ARRAYS, REGISTRY_TABLES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "formats.md"
TABLES = {
    "items": ITEMS_SCHEMA,
    "texts": TEXTS_SCHEMA,
    "shared": SHARED_SCHEMA,
    "sketch": SKETCH_SCHEMA,
    "background": BACKGROUND_SCHEMA,
    "signatures": signatures_schema(Parameters().permutations),
}
HEAD = """\
# Formats

Written by `make docs` from the schemas that ship. Files of programs are JSON, Parquet and TOML; a
format's version stands in the file, and changes when a reader would have to. Shares are numbers in
[0, 1]; days are written `2024-03-01`; digests are SHA-256 in hex, unless said.

- [a report](#a-report): a folder
- [result.json](#resultjson): the outcome of a check
- [findings.parquet](#findingsparquet): every finding
- [provenance.toml](#provenancetoml): a policy
- [calibration.json](#calibrationjson): what a detector finds of what was planted
- [a registry](#a-registry): a folder
- rules: [Writing rules](../rules/README.md)
"""


def cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def kind(schema: dict, names: dict) -> str:
    """Say in a word or two what a value is."""
    if "$ref" in schema:
        return kind(names[schema["$ref"].rpartition("/")[2]], names)
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" if value is not None else "null" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one, names) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return "list"
    own = schema.get("type", "anything")
    return " or ".join(own) if isinstance(own, list) else own


def fields_of(schema: dict, names: dict, path: str = "") -> list[tuple[str, str, str]]:
    """Give the fields below a schema: path, kind and meaning, parents first."""
    if "$ref" in schema:
        schema = names[schema["$ref"].rpartition("/")[2]]
    found = []
    for one in schema.get("anyOf", ()):
        found += fields_of(one, names, path)
    if "items" in schema and isinstance(schema["items"], dict):
        found += fields_of(schema["items"], names, f"{path}[]")
    below = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        below["*"] = schema["additionalProperties"]
    for name, value in below.items():
        where = f"{path}.{name}" if path else name
        meaning = value.get("description", "")
        if "$ref" in value and not meaning:
            meaning = names[value["$ref"].rpartition("/")[2]].get("description", "")
        found.append((where, kind(value, names), meaning))
        found += fields_of(value, names, where)
    return list(dict.fromkeys(found))


def of_json_schema(path: str) -> str:
    schema = json.loads((ROOT / path).read_text("utf-8"))
    told = fields_of(schema, schema.get("$defs", {}))
    rows = [f"| `{name}` | {cell(what)} | {cell(meaning)} |" for name, what, meaning in told]
    return "\n".join(
        [f"{schema['description']} Schema: [`{path}`](../{path}).", "", *titled("field"), *rows]
    )


def titled(first: str) -> list[str]:
    return [f"| {first} | is | meaning |", "| --- | --- | --- |"]


def of_arrow_schema(schema: pa.Schema, meanings: dict[str, str]) -> str:
    rows = [
        f"| `{one.name}` | {one.type}{'' if one.nullable else ', never null'} "
        f"| {meanings[one.name]} |"
        for one in schema
    ]
    return "\n".join([*titled("column"), *rows])


def in_json(kind: str) -> str:
    """Say what a value of a Python type is in JSON."""
    words = {"int": "integer", "str": "string", "float": "number", "datetime": "string"}
    words |= {"date or None": "string or null"}
    if kind.startswith("tuple"):
        return "list"
    return words.get(kind, "object")


def parameters_of(kind: type) -> list[tuple[str, str, str]]:
    """Give what a dataclass's docstring says of its fields."""
    section = re.search(r"Parameters\n +-+\n(.*?)(?:\n\n|\Z)", kind.__doc__ or "", re.DOTALL)
    assert section is not None
    found = re.findall(
        r"^    (\w[\w, ]*) : ([^\n]+)\n((?: {8}[^\n]+\n?)+)", section[1] + "\n", re.MULTILINE
    )
    return [
        (name, in_json(what), " ".join(meaning.split()))
        for names, what, meaning in found
        for name in names.split(", ")
    ]


def of_manifest() -> str:
    inside = {"parameters": Parameters, "chance": ChanceModel, "sources": SourceCoverage}
    inside |= {"files": DataFile}
    rows = ["| `format` | integer | Version of the layout on disk. |"]
    for name, what, meaning in parameters_of(Manifest):
        rows.append(f"| `{name}` | {cell(what)} | {cell(meaning)} |")
        mark = "[]" if what == "list" else ""
        for below, its, said in parameters_of(inside[name]) if name in inside else ():
            rows.append(f"| `{name}{mark}.{below}` | {cell(its)} | {cell(said)} |")
    rows.append("| `bytes_per_posting` | number | On disk, texts and signatures aside. |")
    return "\n".join([*titled("field"), *rows])


REGISTRY = """\
A folder: `registry.json`, the manifest, and a folder of data files that it names, each by its
digest. It is written aside and renamed, so it is whole or absent; `provenance registry verify`
holds every file against the manifest. The Parquet files and `tokens.npy` are the truth; the other
arrays follow from them.
"""
REPORT = """\
`check --output DIR` writes `result.json`, `findings.parquet`, `report.html` and `model.parquet`. A
report takes the place of an earlier one as a whole: whenever a check is killed or the power fails,
`provenance report DIR` tells the old one or the new one, and two checks into one folder write one
after the other. If `DIR` holds nothing but a report, the whole folder is exchanged in one step, so
that other programs see the old files or the new ones, too; a program that stands in that folder
keeps seeing the old one. If other files lie there, or the file system cannot exchange folders,
the new report first lies in `DIR/.provenance-report`, from which its files are moved; `result.json`
is absent meanwhile, and where it stands, the files beside it are its own. Its `files` state their
digests: files of another digest are damaged, and every command refuses them with exit code 2.

While something is written, it lies in a file or folder whose name begins with `.provenance-tmp-`,
beside its place. Whatever killed runs left of these is removed by the next run that writes to the
same folder; on storage that several hosts share without locks, a day later.
"""
FINDINGS_TOLD = "One row an exclusive span: the spans of one text never overlap."
POLICY_TOLD = "[writing-policies.md](writing-policies.md) shows how it is written."


def of_registry() -> str:
    sections = [
        f"### {name}.parquet\n\n{of_arrow_schema(schema, REGISTRY_TABLES[name])}"
        for name, schema in TABLES.items()
    ]
    arrays = [f"| `{name}` | {meaning} |" for name, meaning in REGISTRY_ARRAYS.items()]
    sections.append("\n".join(["### Arrays\n", "| file | holds |", "| --- | --- |", *arrays]))
    return "\n\n".join([f"{REGISTRY}\n### registry.json\n\n{of_manifest()}", *sections])


def written() -> str:
    """Write the page as it is now."""
    findings = of_arrow_schema(FINDINGS, FINDINGS_COLUMNS)
    sections = {
        "A report": REPORT.rstrip(),
        "result.json": of_json_schema("provenance/report/result.schema.json"),
        "findings.parquet": f"{FINDINGS_TOLD}\n\n{findings}",
        "provenance.toml": f"{POLICY_TOLD} {of_json_schema('provenance/read/policy.schema.json')}",
        "calibration.json": of_json_schema("provenance/report/calibration.schema.json"),
        "A registry": of_registry(),
    }
    told = [f"## {title}\n\n{body}\n" for title, body in sections.items()]
    return "\n".join([HEAD, *told])


def test_the_page_follows_from_the_schemas():
    assert PAGE.read_text("utf-8") == written(), "run `make docs`"


def test_every_column_has_a_meaning_and_nothing_else_has():
    assert list(FINDINGS_COLUMNS) == FINDINGS.names
    assert {name: list(columns) for name, columns in REGISTRY_TABLES.items()} == {
        name: schema.names for name, schema in TABLES.items()
    }
    assert set(REGISTRY_ARRAYS) == {name for name in REQUIRED if name.endswith(".npy")}


def test_every_field_of_a_manifest_is_told():
    for kind_of in (Manifest, Parameters, ChanceModel, SourceCoverage, DataFile):
        told = [name for name, _, _ in parameters_of(kind_of)]
        assert sorted(told) == sorted(one.name for one in fields(kind_of)), kind_of


def test_a_field_without_words_is_seen():
    for path in ("report/result", "report/calibration", "read/policy"):
        schema = json.loads((ROOT / f"provenance/{path}.schema.json").read_text("utf-8"))
        silent = [name for name, _, said in fields_of(schema, schema.get("$defs", {})) if not said]
        assert silent == [], path


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
