"""Planting: a draw of texts, and items that stand where they are said to stand."""

from pathlib import Path

import numpy as np

from provenance.pipeline.calibration.planting import draw_items, plant_items
from provenance.pipeline.scan.document_sampling import TextReservoir
from provenance.pipeline.scan.readings import build_registry_indexes
from provenance.read.corpus.corpora import open_corpus
from provenance.registry.store import open_registry


def test_a_draw_of_texts_does_not_depend_on_their_order(tmp_path, pages, write_lines):
    names = ["a.jsonl", "b.jsonl", "c.jsonl"]
    paths = [
        write_lines(tmp_path / name, [{"text": text} for text in pages[part::3]])
        for part, name in enumerate(names)
    ]

    def kept(addresses):
        reservoir = TextReservoir(10, 4)
        reservoir.draw(reversed(open_corpus(addresses).parts), 2)
        return reservoir.texts()

    assert kept(paths) == kept(paths[::-1]) == sorted(kept(paths), key=kept(paths).index)
    assert len(set(kept(paths))) == 10


def test_every_text_is_drawn_as_often(tmp_path, write_lines):
    path = write_lines(tmp_path / "many.jsonl", [{"text": f"text {n}"} for n in range(50)])
    seen = []
    for seed in range(200):
        reservoir = TextReservoir(10, seed)
        reservoir.draw(open_corpus([path]).parts, 1)
        seen += reservoir.texts()
    counts = np.bincount([int(text.split()[1]) for text in seen], minlength=50)
    assert counts.sum() == 2000
    assert 20 <= counts.min() <= counts.max() <= 64


def test_a_plant_stands_where_it_is_said_to_stand(registry, pages):
    registries = build_registry_indexes([open_registry(Path(registry))])
    draws = draw_items(registries, 60, 3)
    plants, skipped = plant_items(draws, pages[:7], registries, set(), 3)
    assert (len(plants), skipped) == (60, 0)
    for plant in plants:
        text = plant.text.encode()
        item = registries[0].registry.texts(np.array([plant.number], np.uint32))[0]
        put = text[plant.start : plant.end].decode()
        if plant.edit.name == "verbatim":
            assert put == item
        rest = (text[: plant.start] + text[plant.end :]).decode().split()
        if plant.place == "row":
            assert len(rest) <= 4
        else:
            assert " ".join(rest).replace(plant.edit.before, "").split()[:5]


def test_texts_that_hold_an_item_are_passed_over(registry, pages):
    registries = build_registry_indexes([open_registry(Path(registry))])
    draws = draw_items(registries, 20, 3)
    held = {(turn % 5, 0, draw.number) for turn, draw in enumerate(draws[:8])}
    plants, skipped = plant_items(draws, pages[:5], registries, held, 3)
    assert skipped == 8
    assert len(plants) == 12
