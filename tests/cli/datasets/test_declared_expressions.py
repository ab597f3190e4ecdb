"""A column of licences with expressions, as the user of a check meets it."""

import json

import pyarrow.parquet as pq

LICENCES = {
    "MIT OR Apache-2.0": ("permitted", "mit/licence"),
    "Apache-2.0/MIT": ("permitted", "apache-2.0/licence"),
    "(MIT AND BSD-3-Clause)": ("permitted", "mit/licence"),
    "mit and gpl-3.0": ("restricted", "gpl-3.0/licence"),
    "GPL-2.0-or-later WITH Classpath-exception-2.0": ("restricted", "gpl-2.0/licence"),
    "MIT AND LicenseRef-harbour": ("unknown", None),
    "MIT OR LicenseRef-harbour": ("permitted", "mit/licence"),
    "mit or similar": ("unknown", None),
    "mit, gpl-3.0": ("restricted", "gpl-3.0/licence"),
}


def test_each_row_is_judged_by_the_expression_that_it_declares(provenance, world) -> None:
    rows = [
        {
            "id": licence,
            "text": f"{row} boats were tarred twice before the sun was up",
            "licence": licence,
        }
        for row, licence in enumerate(LICENCES)
    ]
    (world / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = provenance("check", "rows.jsonl", "--registry", "reg", "-o", "out", cwd=world)

    found = pq.read_table(world / "out" / "findings.parquet").to_pylist()
    assert {row["document"]: (row["verdict"], row["terms"]) for row in found} == LICENCES
    text = " ".join(done.stdout.split())
    assert "the licence is a choice, of which the least strict counts, MIT." in text
    result = json.loads((world / "out" / "result.json").read_text("utf-8"))
    whys = {ruling["source"]: ruling["why"] for ruling in result["rulings"]}
    assert "the strictest counts, LicenseRef-harbour." in whys["MIT AND LicenseRef-harbour"]
