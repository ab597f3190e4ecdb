"""Edits that texts typically undergo before they reach a training set, for planted items.

Every edit is a function of a text and a random generator.
"""

import html
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Change = Callable[[str, Random], str]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_MENTION = re.compile(r"@\w+")
_QUOTE = "['\N{RIGHT SINGLE QUOTATION MARK}]"
_TOKEN = re.compile(
    rf"n{_QUOTE}t\b|{_QUOTE}(?:s|re|ve|ll|d|m)\b|\w+?(?=n{_QUOTE}t\b)|\w+|[^\w\s]", re.IGNORECASE
)
_HASHTAG = re.compile(r"#(\w+)")
_WORD_BOUNDARY = re.compile(r"(?<=[a-z\d])(?=[A-Z])|_")
_FILLERS = ("well", "really", "quite", "then", "still", "maybe", "here", "often", "again", "indeed")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of texts.

    Parameters
    ----------
    name : str
        Name in reports.
    family : str
        Group of edits that leave about the same part of a text, with similar recall.
    change : callable
        Applies it.
    share : int
        Relative number of plants; more for harmful edits, whose recall is less certain.
    before, after : str
        Text around the item that is no part of it.
    """

    name: str
    family: str
    change: Change
    share: int = 1
    before: str = ""
    after: str = ""


def verbatim(text: str, _: Random) -> str:
    """Return the text unchanged."""
    return text


def anonymise(text: str, _: Random) -> str:
    """Replace addresses and names by placeholders, as published datasets do."""
    return _MENTION.sub("@user", _ADDRESS.sub("http", text))


def escape_html(text: str, _: Random) -> str:
    """Replace special characters of HTML by character references."""
    return html.escape(text)


def escape_html_twice(text: str, _: Random) -> str:
    """Escape HTML twice."""
    return html.escape(html.escape(text))


def lowercase(text: str, _: Random) -> str:
    """Convert to lower case."""
    return text.lower()


def separate_tokens(text: str, _: Random) -> str:
    """Separate punctuation and contractions by spaces, as research does: `do n't`, `# tag`."""
    return " ".join(_TOKEN.findall(text))


def fold_to_ascii(text: str, _: Random) -> str:
    """Fold to ASCII, unless the text would lose over a fifth of its letters."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    min_letters = 0.8 * sum(map(str.isalnum, text))
    return ascii_text if sum(map(str.isalnum, ascii_text)) >= min_letters else text


def remove_symbols(text: str, _: Random) -> str:
    """Remove emoji and other symbols."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"So", "Sk", "Cs"})


def split_hashtags(text: str, _: Random) -> str:
    """Split hashtags into words."""
    return _HASHTAG.sub(lambda match: _WORD_BOUNDARY.sub(" ", match[1]).strip(), text)


def remove_addresses(text: str, _: Random) -> str:
    """Remove addresses."""
    return " ".join(_ADDRESS.sub(" ", text).split(" "))


def quote_lines(text: str, _: Random) -> str:
    """Quote the text as in an email, a few words per line."""
    words = text.split()
    return "\n> ".join(" ".join(words[first : first + 9]) for first in range(0, len(words), 9))


def embed_in_html(text: str, _: Random) -> str:
    """Embed the text in HTML."""
    return html.escape(text).replace("\n", "<br/>\n")


def embed_in_json(text: str, _: Random) -> str:
    """Escape the text as the content of a JSON string, in ASCII."""
    return json.dumps(text)[1:-1]


def truncate(part: float) -> Change:
    """Keep the first part of the words, and append an ellipsis."""

    def change(text: str, _: Random) -> str:
        words = re.findall(r"\S+\s*", text)
        if len(words) < 3:  # a script without spaces
            return text[: max(1, round(len(text) * part))].rstrip() + "…"
        return "".join(words[: max(1, round(len(words) * part))]).rstrip() + "…"

    return change


def excerpt(part: float) -> Change:
    """Keep some consecutive words, from a random one on."""

    def change(text: str, random: Random) -> str:
        words = re.findall(r"\S+\s*", text)
        if len(words) < 3:  # a script without spaces
            words = list(text)
        kept = max(1, round(len(words) * part))
        first = random.randrange(len(words) - kept + 1) if words else 0
        return "".join(words[first : first + kept]).strip() or text

    return change


def change_words(rate: float) -> Change:
    """Replace, remove or insert words, each equally often; one word in `1 / rate` altogether."""

    def change(text: str, random: Random) -> str:
        words = []
        for word in text.split():
            chance = random.random()
            if chance < rate / 3:
                continue
            if chance < 2 * rate / 3:
                words += [random.choice(_FILLERS), word]
            else:
                words.append(random.choice(_FILLERS) if chance < rate else word)
        return " ".join(words) or text

    return change


def add_typos(interval: int) -> Change:
    """Change one letter in every `interval`-th word, from a random one on."""

    def change(text: str, random: Random) -> str:
        words = text.split(" ")
        for place in range(random.randrange(interval), len(words), interval):
            word = words[place]
            letters = [position for position, letter in enumerate(word) if letter.isalpha()]
            if letters and not word.startswith(("http", "@")):
                position = random.choice(letters)
                words[place] = word[:position] + random.choice(_LETTERS) + word[position + 1 :]
        return " ".join(words)

    return change


EDITS = (
    Edit("verbatim", "light", verbatim, 2),
    Edit("anonymised", "light", anonymise),
    Edit("escaped", "light", escape_html),
    Edit("escaped twice", "light", escape_html_twice),
    Edit("lower", "light", lowercase),
    Edit("tokenised", "light", separate_tokens),
    Edit("ascii", "light", fold_to_ascii),
    Edit("emoji dropped", "light", remove_symbols),
    Edit("hashtags split", "light", split_hashtags),
    Edit("URLs removed", "light", remove_addresses),
    Edit("quoted", "light", quote_lines, before="> "),
    Edit("in HTML", "light", embed_in_html, before='<div class="post"><p>', after="</p></div>"),
    Edit("in JSON", "light", embed_in_json, before='{"text": "', after='"}'),
    Edit("typo in 20", "changed 5%", add_typos(20)),
    Edit("typo in 10", "changed 10%", add_typos(10)),
    Edit("changed 5%", "changed 5%", change_words(0.05), 2),
    Edit("changed 10%", "changed 10%", change_words(0.1), 2),
    Edit("changed 20%", "changed 20%", change_words(0.2), 3),
    Edit("cut to 70%", "cut to 70%", truncate(0.7), 3),
    Edit("cut to 50%", "cut to 50%", truncate(0.5), 3),
)
"""All edits that are planted. Some leave some texts unchanged, such as those without emoji."""

EXCERPTS = (
    Edit("excerpt of 70%", "excerpt of 70%", excerpt(0.7), 2),
    Edit("excerpt of 50%", "excerpt of 50%", excerpt(0.5), 3),
    Edit("excerpt of 35%", "excerpt of 35%", excerpt(0.35), 2),
)
"""Edits for the shipped recall, from which upper ends of intervals follow. A calibration, which
corrects shares, leaves them out: few copies are short excerpts, hardly any of which is found, and
nothing but their number of findings tells how many they are."""
