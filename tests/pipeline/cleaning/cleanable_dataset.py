"""A folder with a dataset that can be cleaned."""

import json
from pathlib import Path

import jsonschema

from provenance.model.records.receipt import Cleaning
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.cleaning.dataset_cleaning import clean
from provenance.pipeline.settings import Settings
from tests.schemas import load_schema

_RECEIPT = jsonschema.Draft202012Validator(load_schema("report/receipt"))


class World:
    """A folder with a dataset that can be cleaned."""

    def __init__(self, folder: Path, registry: str, write_lines) -> None:
        self.folder, self.registry, self._write = folder, registry, write_lines
        self.data, self.out = folder / "data", folder / "out"
        self.data.mkdir()
        self.policy = Policy(registries=(registry,))

    def write(self, name: str, rows: list[dict]) -> Path:
        self._write(self.data / name, rows)
        return self.data / name

    def clean(self, *, result=None, policy=None, corpus=None, settings=None, **asked):
        return clean(
            [str(corpus or self.data)],
            self.out,
            policy or self.policy,
            Cleaning(**asked),
            settings or Settings(threads=2),
            result,
        )

    def check(self, where: Path, model_of: Path | None = None, policy=None):
        return check([str(where)], policy or self.policy, Settings(threads=2, model_of=model_of))

    def lines(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.out / name).read_text("utf-8").splitlines()]

    @property
    def receipt(self) -> dict:
        told = json.loads((self.out / ".provenance" / "receipt.json").read_text("utf-8"))
        _RECEIPT.validate(told)
        return told


def pages_with_posts(pages, posts, count=40):
    """Pages, of which every other one holds a post; some edited, cut or next to another."""
    rows = []
    for n, page in enumerate(pages[:count]):
        text = page
        if n % 2:
            words = posts[n]["text"].split()
            put = {
                1: posts[n]["text"],
                3: " ".join(words[: len(words) * 7 // 10]),
                5: posts[n]["text"].upper() + "!",
                7: f"{posts[n]['text']} {posts[n + 1]['text']}",
                9: " ".join(word for place, word in enumerate(words) if place != 5),
            }[n % 10]
            text = f"{page[:200]}. {put}. {page[200:]}"
        rows.append({"id": f"d{n}", "text": text, "rank": n})
    return rows
