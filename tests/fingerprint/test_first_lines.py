"""The tokens of first lines are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.fingerprint.first_lines import first_line_sizes
from tests.match.memory_registries import rows_of, texts_of, tokens_of

LINES = st.lists(
    st.sampled_from(["", " ", "one", "two words", "日本", "😀", "https://a.example/b"])
)


def sizes_of(*texts):
    return first_line_sizes(texts_of(*texts), tokens_of(*texts)).tolist()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("a title without a body", 0),
        ("a title\nand its body", 2),
        ("a title\r\n\r\nand its body", 2),
        ("\n \n*a* title\nand its body\nand more", 2),
        ("a title\n\n😀", 0),
        ("😀\na title\nbody", 2),
        ("word " * 255 + "\nbody", 255),
        ("word " * 256 + "\nbody", 0),
    ],
)
def test_words_before_the_first_break_are_counted(text, size):
    assert sizes_of(text, "another text\nbehind it") == [size, 2]


@given(st.lists(LINES, max_size=4))
def test_they_are_the_tokens_of_the_first_line_that_has_any(texts):
    joined = ["\n".join(lines) for lines in texts]
    expected = []
    for text in joined:
        counts = [len(row) for row in rows_of(tokens_of(*text.split("\n"))) if row]
        expected.append(counts[0] if len(counts) > 1 else 0)
    assert sizes_of(*joined) == expected
