"""Edits that texts undergo on their way into a training set, applied to planted items.

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
_TORN = re.compile(
    rf"n{_QUOTE}t\b|{_QUOTE}(?:s|re|ve|ll|d|m)\b|\w+?(?=n{_QUOTE}t\b)|\w+|[^\w\s]", re.IGNORECASE
)
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])|_")
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
        Edits that leave as much of a text, with similar recall.
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


def anonymised(text: str, _: Random) -> str:
    """Replace addresses and names by placeholders, as published datasets do."""
    return _MENTION.sub("@user", _ADDRESS.sub("http", text))


def escaped(text: str, _: Random) -> str:
    """Write what HTML needs as character references."""
    return html.escape(text)


def escaped_twice(text: str, _: Random) -> str:
    """Write character references for character references."""
    return html.escape(html.escape(text))


def lowered(text: str, _: Random) -> str:
    """Drop capital letters."""
    return text.lower()


def tokenised(text: str, _: Random) -> str:
    """Part words from signs, and contractions, as research did: `do n't`, `# tag`."""
    return " ".join(_TORN.findall(text))


def folded(text: str, _: Random) -> str:
    """Keep what ASCII can write; a text that would lose a fifth of its letters stays as it is."""
    kept = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    enough = 0.8 * sum(map(str.isalnum, text))
    return kept if sum(map(str.isalnum, kept)) >= enough else text


def without_signs(text: str, _: Random) -> str:
    """Drop emoji and other pictures."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"So", "Sk", "Cs"})


def hashtags_split(text: str, _: Random) -> str:
    """Write hashtags as the words that they were made of."""
    return _HASHTAG.sub(lambda match: _HUMP.sub(" ", match[1]).strip(), text)


def without_addresses(text: str, _: Random) -> str:
    """Drop addresses."""
    return " ".join(_ADDRESS.sub(" ", text).split(" "))


def quoted(text: str, _: Random) -> str:
    """Quote the text as mail does, a few words a line."""
    words = text.split()
    return "\n> ".join(" ".join(words[at : at + 9]) for at in range(0, len(words), 9))


def in_markup(text: str, _: Random) -> str:
    """Write the text as a page's markup does."""
    return html.escape(text).replace("\n", "<br/>\n")


def in_json(text: str, _: Random) -> str:
    """Write the text as within a string of JSON, in ASCII."""
    return json.dumps(text)[1:-1]


def cut(part: float) -> Change:
    """Keep the first part of the words, and say that there was more."""

    def change(text: str, _: Random) -> str:
        words = re.findall(r"\S+\s*", text)
        if len(words) < 3:  # a script without spaces
            return text[: max(1, round(len(text) * part))].rstrip() + "…"
        return "".join(words[: max(1, round(len(words) * part))]).rstrip() + "…"

    return change


def reworded(rate: float) -> Change:
    """Change, drop or insert words, each equally often; one word in `1 / rate` in total."""

    def change(text: str, dice: Random) -> str:
        words = []
        for word in text.split():
            happens = dice.random()
            if happens < rate / 3:
                continue
            if happens < 2 * rate / 3:
                words += [dice.choice(_FILLERS), word]
            else:
                words.append(dice.choice(_FILLERS) if happens < rate else word)
        return " ".join(words) or text

    return change


def mistyped(every: int) -> Change:
    """Change one letter of every so many words, from a random one on."""

    def change(text: str, dice: Random) -> str:
        words = text.split(" ")
        for place in range(dice.randrange(every), len(words), every):
            word = words[place]
            letters = [at for at, letter in enumerate(word) if letter.isalpha()]
            if letters and not word.startswith(("http", "@")):
                at = dice.choice(letters)
                words[place] = word[:at] + dice.choice(_LETTERS) + word[at + 1 :]
        return " ".join(words)

    return change


EDITS = (
    Edit("verbatim", "light", verbatim, 2),
    Edit("anonymised", "light", anonymised),
    Edit("escaped", "light", escaped),
    Edit("escaped twice", "light", escaped_twice),
    Edit("lower", "light", lowered),
    Edit("tokenised", "light", tokenised),
    Edit("ascii", "light", folded),
    Edit("emoji dropped", "light", without_signs),
    Edit("hashtags split", "light", hashtags_split),
    Edit("URLs removed", "light", without_addresses),
    Edit("quoted", "light", quoted, before="> "),
    Edit("in HTML", "light", in_markup, before='<div class="post"><p>', after="</p></div>"),
    Edit("in JSON", "light", in_json, before='{"text": "', after='"}'),
    Edit("typo in 20", "changed 5%", mistyped(20)),
    Edit("typo in 10", "changed 10%", mistyped(10)),
    Edit("changed 5%", "changed 5%", reworded(0.05), 2),
    Edit("changed 10%", "changed 10%", reworded(0.1), 2),
    Edit("changed 20%", "changed 20%", reworded(0.2), 3),
    Edit("cut to 70%", "cut to 70%", cut(0.7), 3),
    Edit("cut to 50%", "cut to 50%", cut(0.5), 3),
)
"""All edits that are planted. An edit may leave a text as it is: one without emoji loses none."""
