"""What happens to posts on their way into a dataset: each edit is a function of the text."""

import html
import json
import re
import unicodedata
from collections.abc import Callable
from random import Random

_LINK = re.compile(r"https?://\S+|pic\.twitter\.com/\S+")
_NAME = re.compile(r"@\w+")
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?")
_TORN = re.compile(r"\w+(?=n['\u2019]t\b)|n['\u2019]t\b|['\u2019](?:s|m|d|re|ve|ll)\b|\w+|[^\w\s]")
_OTHERS = [
    "marble",
    "kettle",
    "distant",
    "yellow",
    "seven",
    "borrowed",
    "quickly",
    "lantern",
    "river",
]


def escaped(text: str) -> str:
    return html.escape(text)


def escaped_twice(text: str) -> str:
    return html.escape(html.escape(text))


def escaped_as_code_points(text: str) -> str:
    return "".join(c if c.isalnum() or c == " " else f"&#{ord(c)};" for c in text)


def torn_references(text: str) -> str:
    return html.escape(text).replace("&", "& ").replace(";", " ;")


def tokenised(text: str) -> str:
    return " ".join(_TORN.findall(text))


def curly(text: str) -> str:
    return text.replace("'", "\u2019")


def anonymised(text: str) -> str:
    return _NAME.sub("@user", _LINK.sub("http", text))


def bracketed(text: str) -> str:
    return _NAME.sub("<user>", _LINK.sub("<url>", text))


def bracketed_and_escaped(text: str) -> str:
    return html.escape(bracketed(text))


def without_links(text: str) -> str:
    return _LINK.sub("", text).strip()


def without_names(text: str) -> str:
    return re.sub(" +", " ", _NAME.sub("", text)).strip()


def ascii_folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def lower_cased(text: str) -> str:
    return text.lower()


def upper_cased(text: str) -> str:
    return text.upper()


def without_punctuation(text: str) -> str:
    return re.sub(r"[^\w\s#@]", "", _LINK.sub("", text)).lower()


def without_emoji(text: str) -> str:
    return _EMOJI.sub("", text)


def emoji_as_names(text: str) -> str:
    return _EMOJI.sub(lambda found: f":{_name(found[0]).replace(' ', '_')}:", text)


def emoji_as_words(text: str) -> str:
    return _EMOJI.sub(lambda found: f" {_name(found[0])} ", text)


def _name(emoji: str) -> str:
    return unicodedata.name(emoji[0]).lower()


def hashtags_split(text: str) -> str:
    def words(found: re.Match[str]) -> str:
        return re.sub("(?<=[a-z])(?=[A-Z])", " ", found[1]).lower()

    return re.sub(r"#(\w+)", words, text)


def hashtags_without_sign(text: str) -> str:
    return text.replace("#", "")


def hashtags_put_in(text: str) -> str:
    words = text.split(" ")
    return " ".join(f"#{word}" if place % 4 == 2 else word for place, word in enumerate(words))


def cut_to_70(text: str) -> str:
    words = text.split(" ")
    return " ".join(words[: max(7, round(0.7 * len(words)))])


def truncated(text: str) -> str:
    """Cut within a word, as old clients did, from a post of more than sixteen words."""
    words = text.split(" ")
    kept = " ".join(words[: max(14, round(0.75 * len(words)))])
    return f"{kept[:-2]}…" if len(words) > 16 else text


def one_typo(text: str) -> str:
    return _changed(text, 1, lambda word, _: word[0] + word[2:3] + word[1:2] + word[3:])


def every_tenth_word_changed(text: str) -> str:
    return _changed(text, 10, lambda _, dice: dice.choice(_OTHERS))


def every_tenth_word_dropped(text: str) -> str:
    return _changed(text, 10, lambda _word, _dice: "")


def words_put_in(text: str) -> str:
    return _changed(text, 10, lambda word, dice: f"{word} {dice.choice(_OTHERS)}")


def _changed(text: str, part: int, change: Callable[[str, Random], str]) -> str:
    """Change words of a text: one in `part`, or one in all where `part` is 1; never the edges."""
    dice = Random(text)
    words = text.split(" ")
    inner = range(2, len(words) - 2)
    plain = [place for place in inner if words[place].isalpha() and len(words[place]) > 3]
    for place in dice.sample(plain, 1 if part == 1 else min(len(plain), -(-len(words) // part))):
        words[place] = change(words[place], dice)
    return " ".join(word for word in words if word)


def one_word_to_a_line(text: str) -> str:
    return "\n".join(text.split(" "))


def quoted(text: str) -> str:
    """Wrap after six words, with the marks of a mail."""
    words = text.split(" ")
    lines = [" ".join(words[first : first + 6]) for first in range(0, len(words), 6)]
    return "\n".join(f"> {line}" for line in lines)


def quoted_deeper(text: str) -> str:
    return quoted(text).replace("> ", "> > ")


def in_html(text: str) -> str:
    """Wrap as a timeline's page does: hashtags and links are elements."""

    def element(found: re.Match[str]) -> str:
        whole = found[0]
        place = f"/hashtag/{whole[1:]}?src=hash" if whole[0] == "#" else whole
        return f'<a href="{place}" rel="nofollow">{whole}</a>'

    marked = re.sub(rf"#\w+|{_LINK.pattern}", element, html.escape(text, quote=False))
    return f'<p lang="en" dir="ltr">{marked}</p>'


def in_markdown(text: str) -> str:
    words = text.replace("_", "\\_").replace("#", "\\#").split(" ")
    words[3], words[5] = f"**{words[3]}**", f"_{words[5]}_"
    return f"* {' '.join(words)}"


def in_json(text: str) -> str:
    return json.dumps(text.replace(" ", "\n", 2))


def in_json_twice(text: str) -> str:
    return json.dumps(json.dumps(text.replace(" ", '\n"', 1)))


def zero_width(text: str) -> str:
    return text.replace("e", "e\u200b").replace(" ", "\u2009")


HARMLESS = (
    escaped, escaped_twice, escaped_as_code_points, torn_references, tokenised, curly, anonymised,
    bracketed, bracketed_and_escaped, without_links, without_names, ascii_folded, lower_cased,
    upper_cased, without_punctuation, without_emoji, emoji_as_names, hashtags_without_sign,
    hashtags_put_in, one_word_to_a_line, quoted, quoted_deeper, in_markdown, in_json,
    in_json_twice, zero_width,
)  # fmt: skip
"""Edits that leave every word as it is, but for those of names, links and emoji."""

HARMFUL = (
    emoji_as_words, hashtags_split, in_html, cut_to_70, truncated, one_typo,
    every_tenth_word_changed, every_tenth_word_dropped, words_put_in,
)  # fmt: skip
"""Edits that change words, or put others between them."""
