"""Parsing of `verdicts.yaml` and `questions.yaml`: combination of verdicts, and open questions."""

from dataclasses import dataclass

from provenance.judge.precedence import RESERVED_BASES
from provenance.model.rules.rule_library import Basis, Condition, Layer, OpenQuestion, StatementKind
from provenance.model.rules.terms import Verdict
from provenance.read.policy.validation import UncheckedValue
from provenance.read.rules.rule_yaml import check_format
from provenance.read.rules.terms_syntax import ACTORS, Vocabulary

KEYS = ("format", "strictest-first", "never-assumed", "bases", "conditions", "places")
QUESTION_KEYS = ("id", "title", "text", "touches")
TOUCHES = ("bases", "conditions", "terms", "jurisdictions")


@dataclass(frozen=True, slots=True)
class Combination:
    """Content of `verdicts.yaml`.

    Parameters
    ----------
    strictest_first : tuple of Verdict
        The order of strictness.
    never_assumed : tuple of str
        Actors that are never assumed if the actor is not given.
    bases : tuple of Basis
        In order of weight, the weightiest first.
    conditions : tuple of Condition
        All tags of conditions.
    places : tuple of (str, tuple of str)
        The places within each place.
    """

    strictest_first: tuple[Verdict, ...]
    never_assumed: tuple[str, ...]
    bases: tuple[Basis, ...]
    conditions: tuple[Condition, ...]
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the words that it defines for rule files."""
        return Vocabulary([b.id for b in self.bases], [c.id for c in self.conditions])


def parse_combination(root: UncheckedValue) -> Combination:
    """Parse `verdicts.yaml`."""
    entries = check_format(root, KEYS, KEYS[1:-1])
    order = tuple(entry.one_of(Verdict) for entry in entries["strictest-first"].list())
    if sorted(order) != sorted(Verdict):
        raise entries["strictest-first"].wrong(
            f"{[str(verdict) for verdict in order]} is not an order of all verdicts",
            f"write each of these once: {', '.join(Verdict)}.",
        )
    bases = tuple(_basis(entry) for entry in entries["bases"].list())
    basis_ids = {basis.id for basis in bases}
    if missing := [name for name in RESERVED_BASES if name not in basis_ids]:
        raise entries["bases"].wrong(
            f"the judge gives the basis {missing[0]!r}, which is not described",
            f"add it, with `say`, `layer` and `meaning`: {missing[0]}.",
        )
    actors = tuple(entry.word(ACTORS) for entry in entries["never-assumed"].list())
    conditions = tuple(_condition(entry) for entry in entries["conditions"].list())
    places = _places(entries["places"]) if "places" in entries else ()
    return Combination(order, actors, bases, conditions, places)


def _places(table: UncheckedValue) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Parse the places within each place; a place lies in one other at most."""
    wider: dict[str, str] = {}
    places = []
    for place, entry in table.entries().items():
        inner = tuple(each.text() for each in entry.list())
        for each in inner:
            if each in wider:
                raise entry.wrong(f"{each!r} lies in {wider[each]!r} too", "name each place once.")
            wider[each] = place
        places.append((place, inner))
    for start in wider:
        steps, place = 0, start
        while place in wider:
            steps, place = steps + 1, wider[place]
            if steps > len(wider):
                raise table.wrong(f"{start!r} lies in itself", "remove it from one of the places.")
    return tuple(places)


def parse_questions(root: UncheckedValue, combination: Combination) -> tuple[OpenQuestion, ...]:
    """Parse `questions.yaml`."""
    questions = check_format(root, ("format", "questions"), ("questions",))["questions"].list()
    return tuple(_question(entry, combination.vocabulary) for entry in questions)


def _basis(entry: UncheckedValue) -> Basis:
    keys = ("id", "say", "layer", "meaning")
    entries = entry.table(keys, keys)
    return Basis(
        entries["id"].text(),
        entries["meaning"].text(),
        entries["say"].one_of(StatementKind),
        entries["layer"].one_of(Layer),
    )


def _condition(entry: UncheckedValue) -> Condition:
    entries = entry.table(("id", "meaning"), ("id", "meaning"))
    return Condition(entries["id"].text(), entries["meaning"].text())


def _question(entry: UncheckedValue, vocabulary: Vocabulary) -> OpenQuestion:
    entries = entry.table(QUESTION_KEYS, QUESTION_KEYS)
    touches = entries["touches"].table(TOUCHES)
    vocabularies = {"bases": vocabulary.bases, "conditions": vocabulary.conditions}
    references = {
        key: tuple(
            each.word(vocabularies[key]) if key in vocabularies else each.text()
            for each in touches[key].list()
        )
        for key in TOUCHES
        if key in touches
    }
    return OpenQuestion(
        id=entries["id"].text(),
        title=entries["title"].text(),
        text=entries["text"].text(),
        **references,
    )
