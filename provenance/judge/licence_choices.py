"""Expressions of licences, as SPDX writes them: "MIT OR Apache-2.0"."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CHOICE, ALL, WITH = "OR", "AND", "WITH"
"""Operators: one of the licences is enough, all apply, an exception adds permissions."""
LIST, _SLASH = ",", "/"
"""A list, as columns of lists are joined, does not say whether one is enough; a slash does."""

_TOKEN = re.compile(r"[()]|[^\s()]+")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:+-]*")
_EXCEPTION = re.compile(r"exception|^linux-syscall-note$", re.IGNORECASE)
"""Exceptions add permissions; what else is named behind WITH may take some away."""
_PLACEHOLDERS = frozenset({"none", "noassertion", "other", "unknown"})
"""Words that stand for no licence: "unknown or mit" leaves nothing to choose."""
_MAX_CHARACTERS = 300
_MAX_BRACKETS = 20


@dataclass(frozen=True, slots=True)
class Expression:
    """A licence, or several that are joined by an operator.

    Parameters
    ----------
    stated : str
        The licence as it is stated, with its exception; the operator, if there are parts.
    licence : str
        The licence without an exception that adds permissions.
    parts : tuple of Expression
        What the operator joins, at least two; empty for one licence.
    """

    stated: str
    licence: str = ""
    parts: tuple["Expression", ...] = ()

    def licences(self) -> Iterator["Expression"]:
        """Yield the licences, in the order in which they are stated."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.licences()

    def operators(self) -> frozenset[str]:
        """Return the operators that join the licences."""
        if not self.parts:
            return frozenset()
        return frozenset({self.stated}).union(*(part.operators() for part in self.parts))


def parse_expression(text: str, is_known: Callable[[str], bool]) -> Expression | None:
    """Return an expression of licences; None if the text is one name, or something else.

    At least one licence has to be known: all of them if an operator is not in capitals, since
    "MIT or similar" is prose, and if a comma joins them, or a slash ("MIT/Apache-2.0", as in old
    manifests of Cargo: a choice).

    Parameters
    ----------
    text : str
        What was declared.
    is_known : callable
        Whether the rules have a licence of a name.
    """
    text = text.strip()
    is_long = len(text) > _MAX_CHARACTERS or text.count("(") > _MAX_BRACKETS
    if not text or is_long or is_known(text):
        return None
    for separator, operator in ((_SLASH, CHOICE), (LIST, LIST)):
        names = [name.strip() for name in text.split(separator)]
        if len(names) > 1 and all(map(is_known, names)):
            return Expression(operator, parts=tuple(Expression(name, name) for name in names))
    tokens = _TOKEN.findall(text)
    words = [word.upper() if word.upper() in {CHOICE, ALL, WITH} else word for word in tokens]
    parser = _Parser(words, is_known)
    expression = parser.joined(CHOICE)
    if expression is None or parser.words:
        return None
    known = [is_known(each.licence) for each in expression.licences()]
    return expression if all(known) or (any(known) and words == tokens) else None


class _Parser:
    """A parser by recursive descent; every method returns None for what is no expression."""

    def __init__(self, words: list[str], is_known: Callable[[str], bool]) -> None:
        self.words = words[::-1]
        self._is_known = is_known

    def joined(self, operator: str) -> Expression | None:
        """Read what an operator joins; AND binds more tightly than OR."""
        parts = list[Expression]()
        while True:
            part = self.joined(ALL) if operator == CHOICE else self._licence()
            if part is None:
                return None
            parts.append(part)
            if not self._next_is(operator):
                return Expression(operator, parts=tuple(parts)) if len(parts) > 1 else part

    def _licence(self) -> Expression | None:
        if self._next_is("("):
            inner = self.joined(CHOICE)
            return inner if inner is not None and self._next_is(")") else None
        name = self._name()
        if name is None:
            return None
        if not self._next_is(WITH):
            # Later versions are further choices.
            base = name.removesuffix("+")
            is_older = self._is_known(base) and not self._is_known(name)
            return Expression(name, base if is_older else name)
        exception = self._name()
        if exception is None:
            return None
        stated = f"{name} {WITH} {exception}"
        return Expression(stated, name if _EXCEPTION.search(exception) else stated)

    def _name(self) -> str | None:
        word = self.words.pop() if self.words else ""
        is_name = _ID.fullmatch(word) and word.casefold() not in _PLACEHOLDERS
        return word if is_name and word not in {CHOICE, ALL, WITH} else None

    def _next_is(self, word: str) -> bool:
        if not self.words or self.words[-1] != word:
            return False
        self.words.pop()
        return True
