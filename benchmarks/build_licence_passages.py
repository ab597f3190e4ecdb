"""Build the passages by which the texts of licences are identified.

    python -m benchmarks.build_licence_passages CHOOSEALICENSE COMMON_LICENSES

CHOOSEALICENSE is a checkout of github.com/github/choosealicense.com, COMMON_LICENSES the folder
`/usr/share/common-licenses` of Debian 13. Of each licence, the first words of its passages, their
length and a digest are written, no text.
"""

import sys
from pathlib import Path

from provenance.read.dumps.checkouts.licence_texts import digest_words, words_of

OUT = Path(__file__).parents[1] / "provenance/read/dumps/checkouts/licence_passages.py"

ANCHOR_WORDS = 5
"""Words by which the beginning of a passage is found."""

NO_WARRANTY = (
    "and any express or implied warranties", "particular purpose are disclaimed in no event shall",
)  # fmt: skip
NO_LIABILITY = ("be liable for any direct indirect", "advised of the possibility of such damage")
BSD_CONDITIONS = (
    "redistribution and use in source and binary", "materials provided with the distribution",
)  # fmt: skip
ISC_WARRANTY = (
    "disclaims all warranties with regard",
    "merchantability and fitness in no event shall",
)
ISC_LIABILITY = ("be liable for any special direct", "the use or performance of this software")
VERBATIM = ("?everyone is permitted to copy", "but changing it is not allowed")
HOW_TO_END = "general public license instead of this license"
NOT_A_FIRM = "creative commons corporation is not a law firm"


def gnu(start: str, end: str, *appendix: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return VERBATIM, (start, end), *appendix


PASSAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "MIT": (("permission is hereby granted free of charge to any person obtaining", "$"),),
    "MIT-0": (("permission is hereby granted free of charge to any person obtaining", "$"),),
    "BSD-2-Clause": (
        BSD_CONDITIONS,
        ("this software is provided by", "by"),
        NO_WARRANTY,
        NO_LIABILITY,
    ),
    "BSD-3-Clause": (
        BSD_CONDITIONS,
        ("neither the", "neither the"),
        ("may be used to endorse or promote", "specific prior written permission"),
        ("this software is provided by", "by"),
        NO_WARRANTY,
        NO_LIABILITY,
    ),
    "ISC": (
        (
            "permission to use copy modify and distribute",
            "appear in all copies the software is provided as is and",
        ),
        ISC_WARRANTY,
        ISC_LIABILITY,
    ),
    "0BSD": (
        (
            "permission to use copy modify and distribute",
            "hereby granted the software is provided as is and",
        ),
        ISC_WARRANTY,
        ISC_LIABILITY,
    ),
    "Zlib": (("this software is provided asis", "from any source distribution"),),
    "Unlicense": (
        ("this is free and unencumbered software", "other dealings in the software"),
        ("?for more information please refer", "unlicense org"),
    ),
    "BSL-1.0": (("permission is hereby granted free of charge to any person or", "$"),),
    "WTFPL": (("everyone is permitted to copy and distribute verbatim or modified", "$"),),
    "PostgreSQL": (
        ("permission to use copy modify and", "appear in all copies in no event shall"),
        ("be liable to any party for", "and its documentation even if"),
        ("has been advised of the possibility", "possibility of such damage"),
        ("specifically disclaims any warranties including but", "as is basis and"),
        ("has no obligations to provide", "$"),
    ),
    "MS-PL": (("this license governs use of the", "$"),),
    "UPL-1.0": (("subject to the condition set forth", "$"),),
    "BlueOak-1.0.0": (("purpose this license gives everyone as", "$"),),
    "Artistic-2.0": (VERBATIM, ("preamble this license establishes the terms", "$")),
    "OFL-1.1": (
        ("?this license is copied below and", "scripts sil org ofl"),
        ("preamble the goals of the open", "other dealings in the font software"),
    ),
    "Apache-2.0": (
        (
            "terms and conditions for use reproduction and distribution definitions",
            "any such warranty or additional liability",
        ),
        ("?appendix how to apply the apache", "identification within thirdparty archives"),
        ("?licensed under the apache license", "permissions and limitations under the license"),
    ),
    "GPL-2.0": gnu(
        "preamble the licenses for most software",
        "been advised of the possibility of such damages",
        ("?how to apply these terms to", "where the full notice is found"),
        ("?this program is free software you", "along with this program if not"),
        ("?also add information on how to", "gnomovision version 69"),
        ("?gnomovision comes with absolutely no warranty", "written by james hacker"),
        ("?this general public license does not", HOW_TO_END),
    ),
    "GPL-3.0": gnu(
        "preamble the gnu general public license is a free",
        "liability accompanies a copy of the program in return for a fee",
        ("?how to apply these terms to", "where the full notice is found"),
        ("?this program is free software you", "along with this program if not"),
        ("?also add information on how to", "starts in an interactive mode"),
        ("?this program comes with absolutely no", "follow the gnu gpl see"),
        ("?the gnu general public license does not permit", HOW_TO_END),
        ("?but first please read", "$"),
    ),
    "AGPL-3.0": gnu(
        "preamble the gnu affero general public",
        "liability accompanies a copy of the program in return for a fee",
        ("?how to apply these terms to", "where the full notice is found"),
        ("?this program is free software you", "along with this program if not"),
        ("?also add information on how to", "follow the gnu agpl see"),
    ),
    "LGPL-2.1": gnu(
        "this is the first released version of the lesser",
        "been advised of the possibility of such damages",
        ("?how to apply these terms to", "where the full notice is found"),
        ("?this library is free software you", "along with this library if not"),
        ("?also add information on how to", "written by james random hacker"),
        ("?president of vice that s", "$"),
    ),
    "LGPL-3.0": gnu("this version of the gnu lesser", "$"),
    "MPL-2.0": (
        (
            "definitions 1 1 contributor means",
            "described in exhibit b of this license must be attached",
        ),
        ("?exhibit a source code form license", "$"),
    ),
    "EPL-1.0": (("the accompanying program is provided under", "$"),),
    "EPL-2.0": (
        (
            "the accompanying program is provided under",
            "thirdparty beneficiary rights are created under this agreement",
        ),
        ("?exhibit a form of secondary licenses", "$"),
    ),
    "EUPL-1.2": (("this european union public license the", "$"),),
    "CC0-1.0": (
        (
            f"?{NOT_A_FIRM}",
            "from the use of this document or the information or works provided hereunder",
        ),
        ("statement of purpose the laws of", "this cc0 or use of the work"),
    ),
    "CC-BY-4.0": (
        (
            "?creative commons corporation creative commons is",
            "wiki creativecommons org considerations for licensees",
        ),
        ("by exercising the licensed rights", "legal processes of any jurisdiction or authority"),
        ("?creative commons is not a party to its public licenses", "$"),
    ),
    "CC-BY-SA-4.0": (
        (
            "?creative commons corporation creative commons is",
            "wiki creativecommons org considerations for licensees",
        ),
        ("by exercising the licensed rights", "legal processes of any jurisdiction or authority"),
        ("?creative commons is not a party to its public licenses", "$"),
    ),
    "ODbL-1.0": (("preamble the open database license odbl", "$"),),
}
"""Passages of licences: their first words, and their last ones; "$" is the end, "?" if it may be
missing."""
COMMON = {
    "LGPL-2.0": (
        "LGPL-2",
        gnu(
            "this is the first released version of the library",
            "been advised of the possibility of such damages",
            ("?how to apply these terms to", "where the full notice is found"),
            ("?this library is free software you", "along with this library if not"),
            ("?also add information on how to", "written by james random hacker"),
            ("?president of vice that s", "$"),
        ),
    ),
    "MPL-1.1": ("MPL-1.1", (("definitions 1 0 1 commercial use", "$"),)),
    "CC-BY-3.0": (
        "CC-BY-3.0",
        (
            (f"?{NOT_A_FIRM}", "liability for damages resulting from its use"),
            ("license the work as defined below", "any rights under applicable law"),
            ("?creative commons notice creative commons is", "$"),
        ),
    ),
    "CC-BY-SA-3.0": (
        "CC-BY-SA-3.0",
        (
            (f"?{NOT_A_FIRM}", "liability for damages resulting from its use"),
            ("license the work as defined below", "any rights under applicable law"),
            ("?creative commons notice creative commons is", "$"),
        ),
    ),
}
"""Licences whose texts are taken from Debian: name of the file, passages."""
APACHE_NOTICE = (
    "licensed under the apache license version 2 0 the license you",
    "permissions and limitations under the license",
)
MOZILLA_NOTICE = ("this source code form is subject to", "obtain one at mozilla org mpl 2 0")
GNU_NAMES = (
    ("GPL", "GNU General Public License", ("2.0", "3.0")),
    ("LGPL", "GNU Lesser General Public License", ("2.1", "3.0")),
    ("LGPL", "GNU Library General Public License", ("2.0",)),
    ("AGPL", "GNU Affero General Public License", ("3.0",)),
)
GNU_GRANT = (
    "you can redistribute it and/or modify it under the terms of the {} as published by the Free "
    "Software Foundation, either version {} of the License, or (at your option) any later version"
)
GNU_WARRANTY = (
    "distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the "
    "implied warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the {} for more "
    "details"
)
NOTICES = {
    f"{short}-{version}-or-later": (
        GNU_GRANT.format(name, version.removesuffix(".0")),
        GNU_WARRANTY.format(name),
    )
    for short, name, versions in GNU_NAMES
    for version in versions
}
"""What files say that are under licences of GNU; the second part may be missing."""
VARIANTS = {
    "MIT": (
        (
            "this permission notice shall",
            "this permission notice including the next paragraph shall",
        ),
    ),
    "GPL-2.0": (("gnu lesser general", "gnu library general"),),
}
"""Words of a licence that are others in some copies: in X.Org's, in those from before 1999."""
HEAD = '''"""Passages of licences, written by `benchmarks/build_licence_passages.py`."""

PASSAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
'''


def place(words: list[str], phrase: str, begin: int) -> int:
    """Return where a phrase is, from a place on."""
    text = " ".join(words[begin:])
    found = f" {text} ".find(f" {phrase} ")
    if found < 0:
        sys.exit(f"not found: {phrase!r}, in {text[:200]!r}")
    return begin + len(text[:found].split())


def row(name: str, text: str, passages: tuple[tuple[str, str], ...]) -> str:
    words, end, rows = words_of(text), 0, []
    for first, last in passages:
        begin = place(words, first.removeprefix("?"), end)
        end = len(words) if last == "$" else place(words, last, begin) + len(last.split())
        anchor = " ".join(words[begin : min(begin + ANCHOR_WORDS, end)])
        mark = "?" if first.startswith("?") else ""
        rows.append(f"{mark}{anchor}|{end - begin}|{digest_words(words[begin:end])}")
    lines = "".join(f'            "{each}",\n' for each in rows)
    return f'    (\n        "{name}",\n        (\n{lines}        ),\n    ),\n'


def main() -> None:
    choosealicense, common = map(Path, sys.argv[1:])
    rows = []
    for name, passages in PASSAGES.items():
        path = choosealicense / "_licenses" / f"{name.lower()}.txt"
        text = path.read_text("utf-8").split("\n---\n", 1)[1]
        rows.append(row(name, text, passages))
        for usual, other in VARIANTS.get(name, ()):
            rows.append(row(name, " ".join(words_of(text)).replace(usual, other), passages))
    for name, (file, passages) in COMMON.items():
        rows.append(row(name, (common / file).read_text("utf-8"), passages))
    for name, (grant, warranty) in NOTICES.items():
        ends = tuple(" ".join(words_of(part)) for part in (grant, warranty))
        rows.append(
            row(name, f"{grant} {warranty}", ((ends[0], ends[0]), (f"?{ends[1]}", ends[1])))
        )
    apache, mozilla = (
        (choosealicense / "_licenses" / f"{name}.txt").read_text("utf-8").split("\n---\n", 1)[1]
        for name in ("apache-2.0", "mpl-2.0")
    )
    rows.append(row("Apache-2.0", apache, (APACHE_NOTICE,)))
    rows.append(row("MPL-2.0", mozilla, (MOZILLA_NOTICE,)))
    OUT.write_text(HEAD + "".join(sorted(rows)) + ")\n", "utf-8")


if __name__ == "__main__":
    main()
