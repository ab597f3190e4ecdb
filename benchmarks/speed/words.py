"""Words that texts are recombined from: the shipped sample's, those of given texts, of scripts."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa

from provenance.read.corpus.corpora import open_corpus

SAMPLE = Path(__file__).resolve().parents[2] / "provenance" / "sample" / "pages.jsonl"
MOST = 3_000_000
"""Running words that are kept."""

_RARE = 30_000
"""Words of a script that stand once among those given, at least."""

LATIN = "abcdefghijklmnopqrstuvwxyz"
SCRIPTS = {
    "Cyrillic": ("rus", "абвгдежзийклмнопрстуфхцчшщъыьэюя", 6),
    "Arabic": ("arb", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي", 5),
    "Devanagari": ("hin", "कखगघचछजझटठडढतथदधनपफबभमयरलवशसह" + 2 * "ािीुूेैोौं", 5),
    "Hangul": ("kor", "".join(map(chr, range(0xAC00, 0xD7A4, 7))), 3),
    "Han": ("cmn_hans", "".join(map(chr, range(0x4E00, 0x8000, 5))), 14),
    "Kana": ("jpn", "".join(map(chr, (*range(0x3042, 0x3094), *range(0x30A2, 0x30F4)))), 14),
    "Thai": ("tha", "กขคงจฉชซญดตถทนบปผพฟมยรลวสหอ" + "ะาิีึืุูเแโไ่้", 24),
    "Turkish": ("tur", LATIN + "çğ\u0131öşü" + "aei\u0131ua", 7),
    "Vietnamese": ("vie", "abcdđeghiklmnoprstuvxy" + "ăâêôơưáàảạấếềộớợứ", 4),
}
"""Language of which words are taken where texts are given; letters, and how many make a word."""


def running_words(addresses: Sequence[str]) -> list[str]:
    """Read texts, the shipped sample's where none are named, as words in the order they stand."""
    words: list[str] = []
    for text in texts_of(addresses or [str(SAMPLE)]):
        words += text.split()
        if len(words) >= MOST:
            break
    return words[:MOST]


def texts_of(addresses: Sequence[str]) -> Iterator[str]:
    """Read texts, whatever they are kept in."""
    for part in open_corpus(addresses, text_columns=["text"]).parts:
        for documents in part.batches():
            yield from documents.batch.column("text").to_pylist()


def words_of_scripts(declarations: str | None, seed: int) -> dict[str, list[str]]:
    """Give the words of each script, half of which hardly ever recur.

    Words that recur are read faster: half do in real texts, and all in many copies of a short one.

    Parameters
    ----------
    declarations : str or None
        File of JSON Lines with `lang` and `text`, such as the Universal Declaration of Human
        Rights in many languages; None makes words up, of letters at random.
    seed : int
        Of the dice.
    """
    texts = dict(_by_language(declarations)) if declarations else {}
    dice = Random(seed)
    words = {
        script: texts.get(language, "").split() or made_up(letters, size, dice)
        for script, (language, letters, size) in SCRIPTS.items()
    }
    return {script: _with_rare_ones(known, dice) for script, known in words.items()}


def _with_rare_ones(words: list[str], dice: Random) -> list[str]:
    """Add as many new ones: the beginning of a word, and the end of another."""
    often = words * (_RARE // len(words) + 1)
    pairs = zip(often, dice.sample(often, len(often)), strict=True)
    return often + [one[: -(-len(one) // 2)] + other[len(other) // 2 :] for one, other in pairs]


def _by_language(declarations: str) -> Iterable[tuple[str, str]]:
    with pa.input_stream(declarations, compression="detect") as stream:
        lines = stream.read().decode().splitlines()
    for line in lines:
        row = json.loads(line)
        yield row["lang"], row["text"]


def made_up(letters: str, size: int, dice: Random, count: int = 4000) -> list[str]:
    """Make words of about `size` letters."""
    sizes = [dice.randint(max(1, size // 2), size + size // 2) for _ in range(count)]
    return ["".join(dice.choices(letters, k=length)) for length in sizes]


def runs_of_letters(dice: Random, count: int = 400) -> list[str]:
    """Make runs of ASCII letters and digits without a gap, as keys and encoded files are."""
    return made_up(LATIN + LATIN.upper() + "0123456789", 2000, dice, count)
