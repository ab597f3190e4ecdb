"""Words to recombine: of the shipped sample, of given texts, of scripts."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa

from provenance.read.corpus.corpora import open_corpus

SAMPLE = Path(__file__).resolve().parents[2] / "provenance" / "sample" / "pages.jsonl"
MAX_WORDS = 3_000_000
"""Maximum number of words."""

_RARE = 30_000
"""Minimum number of rare words of a script."""

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
"""Language whose words are used where texts are given; letters, and letters per word."""


def running_words(addresses: Sequence[str]) -> list[str]:
    """Read the words of texts in order; without addresses, of the shipped sample."""
    words: list[str] = []
    for text in texts_of(addresses or [str(SAMPLE)]):
        words += text.split()
        if len(words) >= MAX_WORDS:
            break
    return words[:MAX_WORDS]


def texts_of(addresses: Sequence[str]) -> Iterator[str]:
    """Yield the texts of files in any supported format."""
    for part in open_corpus(addresses, text_columns=["text"]).parts:
        for documents in part.batches():
            yield from documents.batch.column("text").to_pylist()


def words_of_scripts(declarations: str | None, seed: int) -> dict[str, list[str]]:
    """Return the words of each script, half of them rare.

    Repeated words are read faster. In real texts about half are rare.

    Parameters
    ----------
    declarations : str or None
        File of JSON Lines with `lang` and `text`, such as the Universal Declaration of Human
        Rights in many languages; None invents words from random letters.
    seed : int
        Random seed.
    """
    texts = dict(_by_language(declarations)) if declarations else {}
    random = Random(seed)
    words = {
        script: texts.get(language, "").split() or invent_words(letters, size, random)
        for script, (language, letters, size) in SCRIPTS.items()
    }
    return {script: _add_rare_words(script_words, random) for script, script_words in words.items()}


def _add_rare_words(words: list[str], random: Random) -> list[str]:
    """Add as many new words, each from the beginning of one word and the end of another."""
    frequent = words * (_RARE // len(words) + 1)
    pairs = zip(frequent, random.sample(frequent, len(frequent)), strict=True)
    return frequent + [
        first[: -(-len(first) // 2)] + second[len(second) // 2 :] for first, second in pairs
    ]


def _by_language(declarations: str) -> Iterable[tuple[str, str]]:
    with pa.input_stream(declarations, compression="detect") as stream:
        lines = stream.read().decode().splitlines()
    for line in lines:
        row = json.loads(line)
        yield row["lang"], row["text"]


def invent_words(letters: str, size: int, random: Random, count: int = 4000) -> list[str]:
    """Return random words of about `size` letters."""
    sizes = [random.randint(max(1, size // 2), size + size // 2) for _ in range(count)]
    return ["".join(random.choices(letters, k=length)) for length in sizes]


def random_letter_runs(random: Random, count: int = 400) -> list[str]:
    """Return long runs of ASCII letters and digits, like keys and encoded files."""
    return invent_words(LATIN + LATIN.upper() + "0123456789", 2000, random, count)
