"""Measure the recall that ships with provenance: plant posts in pages, and look for them.

    python -m benchmarks.plant_items [--data DIR] [--out FILE] [--plants N]

Posts of DIR/registries are planted into pages of DIR/background by `provenance calibrate`, with a
threshold so low that it finds all that is likelier a copy than chance. The file has a row for each
plant: its length and edit, the appearance of what was found, and its log-odds, from which follows
the recall at any threshold and for a registry of any size. It has no texts. Takes a minute.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.grounds import QUOTING, registry_of
from benchmarks.suites import cut_pages
from provenance.match.estimation.conditions import length_classes
from provenance.match.scoring.evalue import SHIPPED_CHANCE
from provenance.model.content.fingerprints import Floats
from provenance.model.rules.policy import Policy
from provenance.pipeline.calibration.calibrate import PlantingOptions, calibrate
from provenance.pipeline.calibration.text_edits import EDITS, EXCERPTS
from provenance.pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SEED = 11
CHANCE = 12.0
"""Chance matches accepted in a million words: with ten million words of posts, all that is likelier
a copy than chance."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "provenance" / "read" / "planted.parquet"
    )
    parser.add_argument("--plants", type=int, default=30_000)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        plants, size = plant(options.data, Path(folder), options.plants)
    write(plants, size, options.out)
    print(f"{len(plants):,} plants, {options.out.stat().st_size:,} bytes")


def plant(data: Path, folder: Path, count: int) -> tuple[pa.Table, int]:
    """Return planted items, of schema `PLANTS`, and the size of their registry in tokens."""
    registry = registry_of(data, folder / "registry")
    files = [
        file
        for file in sorted((data / "background").iterdir())
        if not any(name in file.name for name in QUOTING)
    ]
    pages = folder / "pages.parquet"
    pq.write_table(pa.table({"text": [page.text for page in cut_pages(files, SEED)]}), pages)
    policy = Policy(registries=(str(folder / "registry"),), chance=CHANCE)
    calibration = calibrate(
        [str(pages)],
        policy,
        PlantingOptions(count, SEED, edits=(*EDITS, *EXCERPTS)),
        Settings(quiet=True),
    )
    return calibration.plants, registry.arrays().size


def write(plants: pa.Table, size: int, path: Path) -> None:
    rows = plants.filter(pa.array(length_classes(plants["item_tokens"].to_numpy()) > 0))
    table = pa.table(
        {
            "length": pa.array(length_classes(rows["item_tokens"].to_numpy()), pa.uint8()),
            "edit": rows["edit"].combine_chunks().dictionary_encode(),
            "family": rows["family"].combine_chunks().dictionary_encode(),
            "is_row": pa.array(np.array(rows["place"].to_pylist()) == "row"),
            "appearance": rows["look"].cast(pa.int8()),
            "odds": pa.array(log_odds(rows["strength"].to_numpy(), size).astype(np.float16)),
            "tokens": rows["tokens"].cast(pa.uint16()),
        }
    )
    pq.write_table(table, path, compression="zstd", compression_level=19)


def log_odds(strengths: Floats, size: int) -> Floats:
    """Return the log-odds of matches by their strengths, with the shipped model of chance."""
    nats = strengths * np.log(2) + np.log(SHIPPED_CHANCE.scale * size)
    return np.asarray(nats / SHIPPED_CHANCE.decay)


if __name__ == "__main__":
    main()
