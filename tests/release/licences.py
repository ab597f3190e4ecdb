"""`python -m tests.release.licences` writes docs/dependencies.md: what we stand on, and terms."""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.release.packages import OURS, Package, installed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dependencies.md"
FREE = {
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC",
    "LLVM-exception", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""Licences under which a work under Apache-2.0 may use anything, whatever is done with it."""

BY_FILE = {"MPL-2.0"}
"""Their terms stay with their files, which we neither change nor ship: depending is free."""

HEAD = """\
# Dependencies

Written by `make docs` from the metadata of what is installed. `provenance` is under Apache-2.0;
each of these is under a licence that lets a work under Apache-2.0 depend on it, whatever the work
is used for. A test fails on any other licence, and on an unknown one. Our wheel contains none of
them: `pip` fetches them. Some of their wheels bundle further libraries, with their licences. SciPy
is installed only because datasketch needs it; we import none of it. What only tests and benchmarks
need (the extras `dev` and `bench`) is not listed.

| package | licence | needed by |
| --- | --- | --- |
"""
FOOT = """
## A bill of materials

Versions differ from machine to machine, so generate the bill where the software runs. A release
includes one of the tested versions. In a checkout, in the environment to be described:

*Not run by our tests: it needs a checkout; a separate test generates the bill.*

```sh
python -m tests.release.bom > provenance.cdx.json
```

It is in CycloneDX 1.6, from the same metadata; the same environment gives the same file.
"""


def unfit(packages: Iterable[Package]) -> list[str]:
    """Name the packages on which a work under Apache-2.0 should not depend, with their licence."""
    return [
        f"{one.name} {one.version}: {one.licence or 'no licence is named'}"
        for one in packages
        if not is_fit(one.licence)
    ]


def is_fit(licence: str) -> bool:
    """Whether a licence may stand below Apache-2.0: all parts of it, or one of those offered.

    Parameters
    ----------
    licence : str
        As `Package` has it. Of `A OR B` one has to be fit, of `A AND B` both; parentheses that
        mix the two are not understood, and so not fit.
    """
    if "(" in licence:
        return False
    return any(
        all(part in FREE | BY_FILE for part in re.split(r" (?:AND|WITH) ", choice))
        for choice in licence.split(" OR ")
    )


def rows(packages: Mapping[str, Package]) -> dict[str, str]:
    """Give each package's line of the page, our own left out."""
    return {
        name: f"| {name} | {one.licence} | {', '.join(_needing(name, packages))} |"
        for name, one in packages.items()
        if name != OURS
    }


def _needing(name: str, packages: Mapping[str, Package]) -> list[str]:
    return [
        "us" if one.name == OURS else one.name for one in packages.values() if name in one.needs
    ]


if __name__ == "__main__":
    everything = installed()
    if wrong := unfit(everything.values()):
        sys.exit("\n".join(["Not fit to stand below Apache-2.0:", *wrong]))
    PAGE.write_text(HEAD + "\n".join(rows(everything).values()) + "\n" + FOOT, "utf-8")
