"""Texts without words: what they look like, and what only looks like them."""

import base64
from urllib.parse import quote

import pyarrow as pa
import pytest

from provenance.fingerprint.wordless_texts import (
    ESCAPES,
    IDENTIFIER,
    KINDS,
    LETTERS,
    NUMBERS,
    PIECES,
    STRINGS,
    WORDS,
    wordless_kinds,
)
from provenance.model.content.fingerprints import Texts
from tests.detection.languages import languages

PROSE = (
    "My neighbour has taught his parrot to imitate the doorbell, and since then nobody in this "
    "house gets up when somebody is really at the door."
)


def kind_of(text: str) -> int:
    """Return the kind of a text."""
    [kind] = wordless_kinds(Texts.of(pa.array([text], pa.large_string()))).tolist()
    return int(kind)


RUSSIAN = (
    "Мой сосед научил своего попугая подражать дверному звонку, так что отныне никто в доме не "
    "встаёт, когда звонят в дверь."
)
IDS = [9206, 44239, 11, 290, 1201, 788, 8168, 287, 428, 2156, 3011, 4457, 262, 1745] * 3


def pieces(mark: str) -> str:
    """Cut prose into pieces, with a mark before those that begin a word."""
    return " ".join(f"{mark}{word[:3]} {word[3:]}" for word in PROSE.split())


WORDLESS = {
    "token ids": (NUMBERS, "9206 44239 11 290 1201 788 8168 287 428 2156"),
    "a list of token ids": (NUMBERS, "[9206, 44239, 11, 290, 1201, 788, 8168]"),
    "decimal numbers": (NUMBERS, "0.5385 -1.25e-03\t5.0990195e-01\nNaN 17 22.5 1,000"),
    "digits": (NUMBERS, "3141592653589793238462643383279502884197"),
    "Arabic digits": (NUMBERS, "٣١٤١ ٥٩٢٦ ٥٣٥٨ ٩٧٩٣"),
    "bytes in hexadecimal": (NUMBERS, PROSE.encode().hex(" ")),
    "pieces of GPT": (PIECES, pieces("Ġ")),
    "pieces of GPT, joined": (PIECES, "Ġthe" + pieces("Ġ").replace(" ", "")),
    "pieces of SentencePiece": (PIECES, pieces("▁")),
    "pieces of SentencePiece, as Python shows them": (PIECES, str(pieces("▁").split())),
    "pieces of BERT": (PIECES, " ".join(f"{w[:3]} ##{w[3:] or 'x'}" for w in PROSE.split())),
    "pieces of subword-nmt": (PIECES, " ".join(f"{w[:3]}@@ {w[3:]}" for w in PROSE.split())),
    "pieces with ends of words": (PIECES, " ".join(f"{w[:2]} {w[2:]}</w>" for w in PROSE.split())),
    "named token ids": (NUMBERS, " ".join(f"<tok_{number}>" for number in IDS)),
    "named token ids, as one": (NUMBERS, "".join(f"<|token-{number}|>" for number in IDS)),
    "token ids with a letter": (NUMBERS, " ".join(f"t{number}" for number in IDS)),
    "token ids in brackets": (NUMBERS, " ".join(f"[{number}]" for number in IDS)),
    "sentinels": (NUMBERS, "<s>" + "".join(f"<extra_id_{number}>" for number in IDS) + "</s>"),
    "byte tokens": (NUMBERS, "".join(f"<0x{byte:02X}>" for byte in PROSE.encode())),
    "spaced character references": (LETTERS, " ".join(f"&#{ord(letter)};" for letter in PROSE)),
    "spaced hexadecimal ones": (LETTERS, " ".join(f"&#x{ord(letter):04X};" for letter in PROSE)),
    "spaced references to Cyrillic": (LETTERS, " ".join(f"&#x{ord(c):x};" for c in RUSSIAN)),
    "spaced references, escaped twice": (LETTERS, " ".join(f"&amp;#x{ord(c):x};" for c in PROSE)),
    "percent-encoded": (ESCAPES, quote(PROSE)),
    "percent-encoded, of several lines": (ESCAPES, "\n".join([quote(PROSE)] * 5)),
    "percent-encoded words": (ESCAPES, " ".join(map(quote, RUSSIAN.split()))),
    "escaped bytes": (ESCAPES, "".join(f"\\x{byte:02x}" for byte in PROSE.encode())),
    "base64": (STRINGS, base64.b64encode(PROSE.encode()).decode()),
    "base64 for addresses": (STRINGS, base64.urlsafe_b64encode(PROSE.encode()).decode()),
    "an image": (STRINGS, "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAA9yQx" * 20),
    "hexadecimal": (STRINGS, PROSE.encode().hex()),
    "a UUID": (STRINGS, "3f2b8c1d-9e4a-4c7b-8d1e-5a6f7b8c9d0e"),
    "words without spaces": (STRINGS, "".join(filter(str.isalpha, PROSE))),
    "spaced letters": (LETTERS, " ".join(PROSE)),
    "widely spaced letters": (LETTERS, "  ".join(PROSE)),
    "letters with references to blanks": (LETTERS, "&nbsp;".join(PROSE)),
    "hyphened letters": (LETTERS, " ".join("-".join(word) for word in PROSE.split())),
    "spaced Cyrillic": (LETTERS, " ".join("мой сосед научил попугая звонить в дверь")),
    "an id of a product": (IDENTIFIER, "tt0111161"),
    "an address": (IDENTIFIER, "https://example.org/parrots-and-doorbells"),
}

NOT_WORDLESS = {
    "prose": PROSE,
    "one word": "parrot",
    "digits in prose": "In 1984 we sold 12,500 of them, 3,000 more than in 1983 (7,250 in 1982).",
    "a table in prose": "Year | Sold\n1982 | 7,250\n1983 | 9,500\nThe rest was never counted.",
    "a log": "2024-01-02 12:00:01 INFO server started on port 8080 after 3.25 seconds",
    "code": "for (int i = 0; i < n; i++) {\n    total += values[i] * getWeightOf(i);\n}",
    "a commit": "commit 4f3a9c2d1b: mend the off-by-one error in the scan of lines",
    "mathematics": "Let $x^2 + y^2 = z^2$ with x, y, z > 0; then x = m^2 - n^2 and y = 2mn.",
    "a formula": "a + b = c, b + c = d, c + d = e, d + e = f, e + f = g, f + g = h, g + h = i",
    "chess": "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O Be7 6. Re1 b5",
    "moves of chess": "e2e4 e7e5 g1f3 b8c6 f1b5 a7a6 b5a4 g8f6",
    "headings": "## Parrots\n\n##Doorbells\n\nNobody gets up any more when somebody rings.",
    "emoji": "😀😀😀 🎉",
    "character references": "".join(f"&#{ord(letter)};" for letter in PROSE),
    "hexadecimal character references": "".join(f"&#x{ord(letter):x};" for letter in PROSE),
    "references to Cyrillic": "".join(f"&amp;#x{ord(letter):x};" for letter in RUSSIAN),
    "escaped Cyrillic": RUSSIAN.encode("unicode_escape").decode(),
    "an escaped text": "It&#39;s raining &amp; nobody&#39;s at the door",
    "Maltese": "Il-ġar tiegħi għallem lill-pappagall tiegħu jimita l-qanpiena. Ġorġ ma jqumx.",
    "Burmese": "ကျွန်တော့်အိမ်နီးချင်းက သူ့ကြက်တူရွေးကို တံခါးခေါင်းလောင်းသံ တုပရန် သင်ပေးခဲ့သည်",
    "hashtags": "so happy today #BeautyAndTheBeast #GilmoreGirls",
    "a link with blanks": f"Read https://example.org/{quote(PROSE[:60])} on parrots, and weep.",
    "escaped emoji": "we laughed " + "\\ud83d\\ude02" * 12,
    "percentages": "%d%% of 20%de, 30%fr and 50%ad; %3d        NOP",
    "unit tests": "".join(f"    graph.add_edge({n}, {n + 1})\n" for n in range(9)),
    "numbered headings": "\n".join(f"Chapter {number}" for number in range(1, 19)),
    "laughter": "ha " * 40,
    "poetry": "O\nthe rain\nO\nthe door",
    "an empty text": "",
}


@pytest.mark.parametrize(("kind", "text"), WORDLESS.values(), ids=WORDLESS)
def test_texts_without_words_are_recognised(kind: int, text: str) -> None:
    assert KINDS[kind_of(text)] == KINDS[kind]


@pytest.mark.parametrize("text", NOT_WORDLESS.values(), ids=NOT_WORDLESS)
def test_words_are_words(text: str) -> None:
    assert kind_of(text) == WORDS, KINDS.get(kind_of(text))


def test_every_language_is_words() -> None:
    for name, language in languages().items():
        texts = [*language.posts, *language.sentences]
        assert {*map(kind_of, texts)} == {WORDS}, name
