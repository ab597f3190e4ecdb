"""Expressions of licences, as SPDX writes them: "MIT OR Apache-2.0"."""

import re
from collections.abc import Callable, Iterable, Iterator
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
_NOTICE = re.compile(r"(?:copyright\s*)?(?:©|\(c\))\s*\S|copyright\s+(?:by\b|\d{4})", re.IGNORECASE)
_RESERVATION = re.compile(r"\ball rights reserved\b", re.IGNORECASE)
_GRANT = re.compile(
    r"licen[cs]|permi|dedicat|public domain|creative commons|\bcc[ -](?:by|0)|some rights",
    re.IGNORECASE,
)
"""Words of a notice of copyright that may grant something."""
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


def reserves_all_rights(text: str) -> bool:
    """Return whether a text is a notice of copyright that grants nothing.

    Examples
    --------
    >>> [reserves_all_rights(text) for text in ("© 2024 A. Author", "(c) A. Author, MIT License")]
    [True, False]
    """
    if _is_too_long(text) or not (_NOTICE.match(text) or _RESERVATION.search(text)):
        return False
    return _GRANT.search(text) is None


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
    if not text or _is_too_long(text) or _NOTICE.match(text) or is_known(text):
        return None
    for separator, operator in ((_SLASH, CHOICE), (LIST, LIST)):
        names = [name.strip() for name in text.split(separator)]
        if len(names) > 1 and all(map(is_known, names)):
            return Expression(operator, parts=tuple(Expression(name, name) for name in names))
    expression = parse_spdx(text, is_known)
    if expression is None:
        return None
    known = [is_known(each.licence) for each in expression.licences()]
    has_capitals = [*_words(text)] == _TOKEN.findall(text)
    return expression if all(known) or (any(known) and has_capitals) else None


def parse_spdx(text: str, is_known: Callable[[str], bool] = lambda _: True) -> Expression | None:
    """Return a licence, or an expression of several; None if the text is neither.

    Operators may be in lower case. With `is_known`, a name such as "GPL-2.0+" is that without the
    plus if only that is known.
    """
    if _is_too_long(text):
        return None
    parser = _Parser([*_words(text)], is_known)
    expression = parser.joined(CHOICE)
    return None if parser.words else expression


def normalise_expression(text: str) -> str | None:
    """Return a licence or an expression in its usual spelling; None if the text is neither.

    Examples
    --------
    >>> normalise_expression("( mit or Apache-2.0 )"), normalise_expression("a-2 with b-exception")
    ('mit OR Apache-2.0', 'a-2 WITH b-exception')
    >>> normalise_expression("MIT OR (ISC AND Zlib)"), normalise_expression("MIT OR ISC AND Zlib")
    ('MIT OR (ISC AND Zlib)', 'MIT OR (ISC AND Zlib)')
    >>> [normalise_expression(text) for text in ("MIT License", "MIT OR", "", "NOASSERTION")]
    [None, None, None, None]
    """
    expression = parse_spdx(text)
    return None if expression is None else format_expression(expression)


def join_expressions(expressions: Iterable[str | None], operator: str) -> str | None:
    """Return licences and expressions as one; None if there are none.

    Examples
    --------
    >>> join_expressions(["MIT", "Apache-2.0 OR BSD-2-Clause", "MIT"], ALL)
    '(Apache-2.0 OR BSD-2-Clause) AND MIT'
    >>> join_expressions([None], CHOICE) is None
    True
    """
    parts = sorted({each for each in expressions if each is not None})
    if len(parts) > 1:
        parts = [f"({part})" if {CHOICE, ALL} & {*part.split()} else part for part in parts]
    return f" {operator} ".join(parts) or None


def format_expression(
    expression: Expression, spell: Callable[[str], str] = lambda name: name
) -> str:
    """Return an expression as text, each of its licences spelt as `spell` says."""
    if not expression.parts:
        return spell(expression.stated)
    separator = ", " if expression.stated == LIST else f" {expression.stated} "
    return separator.join(
        f"({format_expression(part, spell)})" if part.parts else spell(part.stated)
        for part in expression.parts
    )


def _is_too_long(text: str) -> bool:
    return len(text) > _MAX_CHARACTERS or text.count("(") > _MAX_BRACKETS


def _words(text: str) -> Iterator[str]:
    """Yield names, operators in capitals, and brackets."""
    for word in _TOKEN.findall(text):
        capitals = word.upper()
        yield capitals if capitals in {CHOICE, ALL, WITH} else word


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
