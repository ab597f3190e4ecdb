"""The page "Writing rules" tells the truth: its example is read, and holds its cases."""

import re
from collections import Counter

from provenance.judge.rule_checks import differences
from provenance.read.rules import rule_cases, rule_syntax, terms_syntax
from provenance.read.rules.rule_files import load_cases, load_rules
from provenance.read.rules.rule_lint import rule_mistakes


def test_the_example_of_the_page_is_a_rule_that_holds(root, tmp_path):
    page = (root / "rules" / "README.md").read_text("utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)[1]
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "rope-forum.yaml").write_text(example, "utf-8")
    assert rule_mistakes(tmp_path) == ()
    library = load_rules(tmp_path)
    cases = [case for case in load_cases(tmp_path) if case.file == "rope-forum"]
    assert len(cases) == 2
    assert [said for case in cases for said in differences(case, library)] == []


def test_the_page_names_every_key(root):
    page = (root / "rules" / "README.md").read_text("utf-8")
    keys = {
        *rule_syntax.SOURCE_KEYS,
        *rule_syntax.LICENCE_KEYS,
        *rule_syntax.EXCEPTION_KEYS,
        *terms_syntax.DOCUMENT_KEYS,
        *terms_syntax.PERIOD_KEYS,
        *rule_cases.CASE_KEYS,
    }
    assert {
        key for key in keys if not re.search(rf"`{key}[`:]|^\s*-? ?{key}:", page, re.MULTILINE)
    } == set()


def test_the_front_page_counts_what_is_there(root):
    library = load_rules()
    page = " ".join((root / "README.md").read_text("utf-8").split())
    named = (library.sources, library.licences, library.signals, library.exceptions)
    statements = {terms.id for every in named for entry in every for terms in entry.terms}
    sources, licences, signals, exceptions = map(len, named)
    assert (
        f"{len(statements)} statements on {sources} sources, {licences} licences, {signals} "
        f"opt-out signals and {exceptions} statutory exceptions" in page
    )
    every = {t.id: t for kind in named for entry in kind for t in entry.terms}.values()
    evidence = Counter(terms.confidence.partition(";")[0] for terms in every)
    assert (
        f"{sum(t.address is not None for t in every)} give an address, "
        f"{sum(t.clause is not None for t in every)} the clause, "
        f"{sum(t.quotation_digest is not None for t in every)} a digest of the words that were "
        f"read, and {sum(t.period.first is not None for t in every)} a first day; "
        f"{evidence['verified on a stored copy']} were verified on a stored copy, "
        f"{evidence['secondary source only']} are known from a secondary source, "
        f"{evidence['not verified']} nobody has read (these are unknown), and "
        f"{evidence['general law']} follow from the law itself." in page
    )
