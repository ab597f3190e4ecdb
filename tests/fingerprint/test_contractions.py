"""What no tokeniser has torn is not joined; what it has is in `test_normalisation`."""

from tests.fingerprint.oracles import hashes_of


def test_a_character_of_an_unspaced_script_has_no_contraction():
    assert hashes_of("中 n't") == [*hashes_of("中"), *hashes_of("nt")]


def test_a_long_word_is_not_lengthened_by_torn_suffixes():
    word = "b" * 100
    assert hashes_of(f"{word} 's") == [*hashes_of(word), *hashes_of("s")]
