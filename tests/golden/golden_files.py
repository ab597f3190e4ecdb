"""Files that git tracks, and what is written compared with them."""

import os
from pathlib import Path


def assert_golden(path: Path, text: str):
    if os.environ.get("PROVENANCE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8"), "PROVENANCE_UPDATE_GOLDEN=1 accepts this"
