import pyarrow as pa

from provenance.fingerprint import tokenise
from provenance.model import Texts


def hashes(text: str) -> list[int]:
    return tokenise(Texts.of(pa.array([text], pa.large_string()))).hashes.tolist()


def test_a_character_of_an_unspaced_script_has_no_contraction() -> None:
    assert hashes("中 n't") == [*hashes("中"), *hashes("nt")]


def test_a_long_word_is_not_lengthened_by_torn_suffixes() -> None:
    word = "b" * 100

    assert hashes(f"{word} 's") == [*hashes(word), *hashes("s")]
