"""The template of `summary.toml`: every question, explained."""

import textwrap
from collections.abc import Collection, Iterable
from itertools import groupby

from provenance.model.records.disclosure_questions import QUESTIONS, AnswerKind, Form, Question

_HEAD = """\
# Answers that only people can give, for the documents that `provenance disclose` writes.
#
# Remove the "# " before an answer, and put yours in place of the example. What is missing is
# named when documents are written. The documents mark these answers as "declared".
"""
_WIDTH = 96


def answers_template(forms: Collection[Form] = tuple(Form)) -> str:
    """Return the template with the questions of some forms."""
    wanted = set(forms)
    questions = [q for q in QUESTIONS if wanted & (q.needed_by | q.used_by)]
    plain = [q for q in questions if q.kind is not AnswerKind.ROWS]
    blocks = [_HEAD]
    for table, group in groupby(plain, lambda question: question.key.partition(".")[0]):
        blocks.append(f"[{table}]\n" + "\n".join(map(_plain, group)))
    blocks += [_rows(question) for question in questions if question.kind is AnswerKind.ROWS]
    return "\n".join(blocks)


def _plain(question: Question) -> str:
    name = question.key.partition(".")[2]
    return f"{_comment(question)}# {name} = {question.example}\n"


def _rows(question: Question) -> str:
    lines = [f"# [[{question.key}]]", *(f"# {line}" for line in question.example.splitlines())]
    return f"{_comment(question)}# One such table for each:\n" + "\n".join(lines) + "\n"


def _comment(question: Question) -> str:
    needed = _names(question.needed_by)
    used = _names(question.used_by)
    only = "" if question.condition is None else f", if {question.condition} is true"
    use = f"Needed for {needed}{only}." if needed else ""
    extra = f"Optional for {used}." if used else ""
    text = " ".join(filter(None, [question.text, use, extra]))
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False))


def _names(forms: Iterable[Form]) -> str:
    return ", ".join(sorted(map(str, forms)))
