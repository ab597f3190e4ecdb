"""Expressions of licences: a choice is as free as its best part, all together as the strictest."""

from dataclasses import replace
from datetime import date
from functools import partial
from itertools import product

import pytest

from provenance.judge.identifiers import Names
from provenance.judge.licence_expressions import Expression, parse_expression
from provenance.judge.rulings import Judge
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import Library, Licence, Source
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import DateRange, Purpose, Verdict

FORBIDDEN, UNKNOWN, RESTRICTED, PERMITTED = Verdict
VERDICTS = {"F-1": FORBIDDEN, "R-1": RESTRICTED, "P-1": PERMITTED, "U-1": UNKNOWN}
"""Some licences; the rules have no U-1."""
Tree = str | tuple[str, list["Tree"]]


@pytest.fixture(scope="module")
def library(book, terms) -> Library:
    made = {
        name.casefold(): (terms(f"{name.casefold()}/text", verdict),)
        for name, verdict in VERDICTS.items()
        if verdict is not UNKNOWN
    }
    sources = (Source("site", "Site", (), (terms("site/terms", RESTRICTED, "2024-01-01"),)),)
    licences = tuple(Licence(name, name, (), of_licence) for name, of_licence in made.items())
    return replace(book(), licences=licences, sources=sources)


@pytest.fixture
def ruling(library):
    judge = Judge(library, Circumstances(), (), date(2026, 1, 1))
    return lambda *content: judge.rule(*content).ruling


def trees(size: int) -> list[Tree]:
    """Return every expression of some licences, with every way to set brackets."""
    if size == 1:
        return list(VERDICTS)
    return [
        (operator, [left, right])
        for operator in ("OR", "AND")
        for here in range(1, size)
        for left, right in product(trees(here), trees(size - here))
    ]


def text(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    operator, parts = tree
    return f" {operator} ".join(p if isinstance(p, str) else f"({text(p)})" for p in parts)


def ways(tree: Tree) -> list[frozenset[str]]:
    """Return the sets of licences of which a recipient has to keep one."""
    if isinstance(tree, str):
        return [frozenset({tree})]
    operator, (left, right) = tree
    if operator == "OR":
        return ways(left) + ways(right)
    return [one | other for one, other in product(ways(left), ways(right))]


def expected(tree: Tree) -> Verdict:
    """Return the best verdict of all ways, as a truth table has it."""
    outcomes = set()
    for licences in ways(tree):
        verdicts = {VERDICTS[licence] for licence in licences}
        outcomes.add(next(v for v in (FORBIDDEN, UNKNOWN, RESTRICTED, PERMITTED) if v in verdicts))
    return next(v for v in (PERMITTED, RESTRICTED, UNKNOWN, FORBIDDEN) if v in outcomes)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_every_expression_is_judged_as_the_truth_table_says(ruling, size):
    wrong = {
        text(tree): (made, expected(tree))
        for tree in trees(size)
        if (made := ruling(text(tree)).verdict) is not expected(tree)
    }
    assert wrong == {}


@pytest.mark.parametrize("size", [2, 3])
def test_a_source_and_an_expression_count_together(ruling, size):
    """The stricter of the two, as with one licence; GitHub's terms and a dual licence."""
    for tree in trees(size):
        made = ruling("site", date(2025, 1, 1), text(tree))
        assert made.subject == "site"
        assert made.verdict is min(RESTRICTED, expected(tree), key=list(Verdict).index), text(tree)


def test_a_row_that_declares_an_expression_is_judged_by_it(ruling):
    assert ruling("P-1 OR F-1", None, " P-1 OR F-1").verdict is PERMITTED
    assert ruling("P-1 OR F-1", None, "F-1").verdict is FORBIDDEN
    assert ruling("elsewhere", None, "P-1 OR R-1").verdict is UNKNOWN


def test_and_binds_more_tightly_than_or(ruling):
    assert ruling("P-1 OR F-1 AND U-1").verdict is PERMITTED
    assert ruling("(P-1 OR F-1) AND R-1").verdict is RESTRICTED
    assert ruling("F-1 AND U-1 OR R-1").verdict is RESTRICTED


@pytest.mark.parametrize(
    ("declared", "verdict"),
    [
        ("p-1 or r-1", PERMITTED),
        ("P-1/R-1", PERMITTED),
        ("((P-1))", PERMITTED),
        ("P-1+", PERMITTED),
        ("R-1 WITH Classpath-exception-2.0", RESTRICTED),
        ("R-1 with Linux-syscall-note", RESTRICTED),
        ("F-1 WITH GCC-exception-3.1 OR R-1", RESTRICTED),
        # What is no exception may take permissions away.
        ("P-1 WITH Commons-Clause", UNKNOWN),
        ("P-1 WITH Commons-Clause OR R-1", RESTRICTED),
        # Not in capitals, it may be prose.
        ("P-1 or similar", UNKNOWN),
        ("P-1 and U-1", UNKNOWN),
        ("F-1 and U-1", UNKNOWN),
        ("UNKNOWN OR P-1", UNKNOWN),
        ("P-1/U-1", UNKNOWN),
        ("P-1 P-1", UNKNOWN),
        ("P-1 OR", UNKNOWN),
        ("OR P-1", UNKNOWN),
        ("(P-1 OR R-1", UNKNOWN),
        ("P-1 OR R-1)", UNKNOWN),
        ("P-1 OR ()", UNKNOWN),
        ("P-1 WITH", UNKNOWN),
        ("P-1 WITH (a-exception)", UNKNOWN),
        # All of a list have to be known.
        ("P-1, R-1", RESTRICTED),
        ("P-1,F-1,R-1", FORBIDDEN),
        ("F-1, U-1", UNKNOWN),
        ("P-1, R-1 OR P-1", UNKNOWN),
        ("U-1 OR U-2", UNKNOWN),
        ("", UNKNOWN),
        ("(" * 21 + "P-1" + ")" * 21, UNKNOWN),
        ("P-1 OR " * 50 + "P-1", UNKNOWN),
    ],
)
def test_what_is_no_expression_of_licences_stays_unknown(ruling, declared, verdict):
    assert ruling(declared).verdict is verdict


def test_the_ruling_names_the_licence_that_decides_and_lists_the_others(ruling):
    made = ruling("F-1 OR P-1")
    assert made.why.startswith(
        "F-1 OR P-1: the licence is a choice, of which the least strict counts, P-1. "
    )
    assert (made.subject, made.terms) == ("F-1 OR P-1", "p-1/text")
    assert [(r.terms.id, r.decisive) for r in made.reasons] == [
        ("p-1/text", True),
        ("f-1/text", False),
    ]
    assert [(a.circumstance, a.verdict) for a in made.alternatives] == [
        ("under F-1", FORBIDDEN),
        ("under P-1", PERMITTED),
    ]
    assert (
        "all of these licences apply, and the strictest counts, U-1." in ruling("R-1 AND U-1").why
    )
    assert "and the strictest of what applies together, R-1." in ruling("R-1 AND (P-1 OR F-1)").why
    same = ruling("site", date(2025, 1, 1), "P-1 OR P-1+").why
    assert "the verdict is the same under each of these licences. Terms, s.1" in same
    assert "so the strictest counts, R-1." in ruling("P-1, R-1").why
    assert "exception adds permissions and is not judged" in ruling("R-1 WITH a-exception").why


def test_what_each_of_several_licences_asks_for_is_named(library, terms):
    asking = [
        Licence(name, name, (), (terms(f"{name}/text", RESTRICTED, conditions=(tag,)),))
        for name, tag in (("a", "notice"), ("b", "share-alike"))
    ]
    judge = Judge(replace(library, licences=tuple(asking)), Circumstances())
    together, choice = (judge.rule(each).ruling.remedy or "" for each in ("a AND b", "a OR b"))
    assert "Keep the notices" in together
    assert "the same licence" in together
    assert "Keep the notices" in choice
    assert "the same licence" not in choice


def test_an_agreement_with_a_source_leaves_the_declared_expression_as_it_is(library):
    signed = Agreement("site", tuple(Purpose), DateRange(), "A")
    judge = Judge(library, Circumstances(), [signed], date(2026, 1, 1))
    for declared, verdict in (("P-1 AND F-1", FORBIDDEN), ("P-1 OR F-1", PERMITTED)):
        assert judge.rule("site", date(2025, 1, 1), declared).ruling.verdict is verdict


def test_the_ruling_changes_where_that_on_a_licence_does(library, terms):
    day = date(2024, 5, 1)
    before, after = (
        terms("n/text", verdict, period=period)
        for verdict, period in ((FORBIDDEN, DateRange(None, day)), (PERMITTED, DateRange(day)))
    )
    changing = Licence("n-1", "n-1", (), (before, replace(after, id="n/text/2")))
    judge = Judge(
        replace(library, licences=(*library.licences, changing)), Circumstances(), (), None
    )
    assert day in judge.turning_days("N-1 OR U-1")
    periods = judge.rule("N-1 AND R-1").ruling.timeline
    assert [each.verdict for each in periods] == [FORBIDDEN, RESTRICTED]


def test_the_name_of_a_source_may_be_an_expression(library):
    names = Names(library)
    assert names.warning("P-1 OR U-1") is None
    assert "no source 'U-2 OR U-1'" in (names.warning("U-2 OR U-1") or "")


def test_parts_are_in_the_order_in_which_they_are_stated():
    parse = partial(parse_expression, is_known=lambda name: name in {"MIT", "ISC"})
    made = parse("(MIT OR GPL-2.0 WITH a-exception) AND ISC+")
    assert made is not None
    assert [each.stated for each in made.licences()] == ["MIT", "GPL-2.0 WITH a-exception", "ISC+"]
    assert [each.licence for each in made.licences()] == ["MIT", "GPL-2.0", "ISC"]
    assert made.operators() == {"AND", "OR"}
    assert parse("MIT/ISC") == Expression(
        "OR", parts=(Expression("MIT", "MIT"), Expression("ISC", "ISC"))
    )
    assert parse("MIT") is None
