"""`provenance rules`: the law book asked from the command line."""

import hashlib
import re

import pytest

OWN = """\
format: 2
id: rope-forum
name: Rope Street Forum
hosts: [forum.ropestreet.example]
documents:
  - id: terms
    title: Terms of Use
    address: https://forum.ropestreet.example/terms
    time-axis: collection
    periods:
      - from: 2024-03-01
        verdict: forbidden
        basis: explicit-ml
        uses: [pretraining]
        binds: [scraper]
        jurisdictions: [any]
        clause: s.5
        paraphrase: Posts may not train models.
        confidence: verified on a stored copy
        stored-copy: https://copies.example/forum
cases:
  finds:
    - purpose: pretraining
      collected: 2024-03-01
      verdict: forbidden
  passes:
    - purpose: pretraining
      agreed: true
      verdict: permitted
"""


TOLD = ("list", "show", "explain", "timeline")
"""Commands whose words are for a reader; a line of the others is a finding."""


@pytest.fixture
def own(tmp_path):
    """A folder of rules of one's own."""
    (tmp_path / "mine" / "sources").mkdir(parents=True)
    (tmp_path / "mine" / "sources" / "rope-forum.yaml").write_text(OWN, "utf-8")
    return tmp_path


@pytest.fixture
def rules(own, provenance):
    def run(*arguments):
        done = provenance("rules", *arguments, cwd=own)
        assert "\x1b" not in done.stdout
        if arguments[0] in TOLD or "--help" in arguments:
            assert max(map(len, done.stdout.splitlines()), default=0) <= 80
        return done

    return run


def test_statements_are_listed_by_what_they_say_and_when(rules):
    done = rules("list", "--verdict", "forbidden", "--on", "2023-05-08", "spotify", "x")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "spotify Spotify\n"
        "  forbidden   since 2023-05-08          user-guidelines (explicit-ml)\n"
        "\n"
        "1 statement in 1 file\n"
    )
    day_before = rules("list", "--verdict", "forbidden", "--on", "2023-05-07", "spotify")
    assert day_before.stdout == "0 statements in 0 files\n"


def test_rules_of_one_s_own_are_listed_beside_the_shipped_ones(rules):
    assert "rope-forum Rope Street Forum" in rules("list", "--rules", "mine").stdout
    assert "rope-forum" not in rules("list").stdout


def test_a_source_is_shown_with_every_address_and_digest(rules, root):
    text = rules("show", "twitter").stdout
    for said in ("X Developer Agreement", "https://x.com/en/tos", "not reviewed by a lawyer"):
        assert said in text
    shipped = (root / "rules" / "sources" / "x.yaml").read_text("utf-8")
    digests = set(re.findall(r"quotation-sha256: ([0-9a-f]{64})", shipped))
    assert set(re.findall(r"SHA-256: ([0-9a-f]{64})", text)) == digests


def test_a_ruling_is_explained_with_clauses(rules):
    done = rules("explain", "x", "--collected", "2022-06-01", "--actor", "scraper")
    text = " ".join(done.stdout.split())
    assert text.startswith("X (Twitter), for pretraining, collected 2022-06-01")
    for said in (
        "RESTRICTED (automated-access: access is limited; training is not addressed)",
        '* X Terms of Service, s.4 "Using the Services"',
        "x/terms-of-service/2020-06-18; verified on a stored copy",
        "Open questions that these rules do not decide",
        "Meet the condition: robots.txt (or its successor) must be followed, or Prior permission",
    ):
        assert said in text


def test_an_expression_of_licences_is_explained_with_every_alternative(rules):
    done = rules("explain", "GPL-2.0-only OR Apache-2.0")
    text = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stderr
    assert "the licence is a choice, of which the least strict counts, Apache-2.0." in text
    assert "under GPL-2.0-only: restricted (copyright-licence)" in text
    assert "gpl-2.0/licence; verified on a stored copy" in text
    assert rules("timeline", "MIT AND GPL-2.0-only").returncode == 0
    assert "no entry 'MIT or similar'" in rules("explain", "MIT or similar").stderr


def test_a_claim_is_shown_where_it_applies(rules):
    asked = ("--commercial", "--jurisdiction", "DE", "--collected", "2024-01-01")
    bare = rules("explain", "cc-by-nc-4.0", *asked).stdout
    assert "FORBIDDEN (condition-unmet" in bare
    claimed = rules("explain", "cc-by-nc-4.0", *asked, "--claim", "eu-dsm-art-4").stdout
    assert "RESTRICTED (statute" in claimed
    assert "Overridden by eu-dsm-art-4/article/DE, as claimed." in claimed
    wrong = rules("explain", "cc-by-nc-4.0", "--claim", "eu-dsm-4")
    assert (wrong.returncode, "did you mean 'eu-dsm-art-4'?" in wrong.stderr) == (2, True)


def test_a_timeline_marks_the_day_of_collection(rules):
    lines = rules("timeline", "x", "--collected", "2023-06-01").stdout.splitlines()
    rows = {line[:26].strip(): line[28:] for line in lines[3:9]}
    assert set(rows) == {
        *("strictest of all roles", "as scraper", "as account holder", "as API developer"),
        *("as recipient of a copy", "collected"),
    }
    strict, mark = rows["strictest of all roles"], rows["collected"].index("^")
    assert re.fullmatch(r"\?+F+", strict)
    assert strict[mark] == "?"
    assert re.fullmatch(r"\?+r+", rows["as scraper"])
    assert rows["as scraper"][mark] == "r"
    assert "since 2025-06-04          forbidden   explicit-ml" in lines


def test_the_shipped_rules_are_well_formed_and_hold_their_cases(rules):
    assert rules("lint").stdout == "No mistakes.\n"
    done = rules("test")
    assert done.returncode == 0
    assert re.fullmatch(r"\d+ cases, 0 failed\.\n", done.stdout)


def test_a_case_that_does_not_hold_fails_the_test_and_says_why(rules, own):
    file = own / "mine" / "sources" / "rope-forum.yaml"
    file.write_text(OWN.replace("      collected: 2024-03-01\n", ""), "utf-8")
    assert rules("test", "rope-forum", "--rules", "mine").returncode == 0
    file.write_text(OWN.replace("collected: 2024-03-01", "collected: 2024-02-29"), "utf-8")
    done = rules("test", "rope-forum", "--rules", "mine")
    assert done.returncode == 1
    assert "cases.finds[0]: verdict is unknown, not forbidden" in " ".join(done.stdout.split())


def test_a_mistake_is_found_with_its_place_and_remedy(rules, own):
    file = own / "mine" / "sources" / "rope-forum.yaml"
    file.write_text(OWN.replace("verdict: forbidden\n        basis", "verdit: x\n        basis"))
    done = rules("lint", "--rules", "mine")
    assert done.returncode == 1
    assert "periods[0].verdit: unknown key 'verdit'. Try: did you mean 'verdict'?" in done.stdout


def test_words_are_looked_for_in_stored_copies(rules, own):
    (own / "copies").mkdir()
    (own / "copies" / "terms.md").write_text("**5.** Posts are *not* for [training](a) models.")
    digest = hashlib.sha256(b"Posts are not for training models").hexdigest()
    file = own / "mine" / "sources" / "rope-forum.yaml"
    more = f"        clause: s.5\n        quotation-sha256: {digest}\n"
    file.write_text(OWN.replace("        clause: s.5\n", more))
    found = rules("verify", "rope-forum", "--copies", "copies", "--rules", "mine")
    assert found.returncode == 0
    assert "found    rope-forum/terms/2024-03-01 in terms.md" in found.stdout
    missing = rules("verify", "x", "--copies", "copies")
    assert missing.returncode == 1
    assert "missing  x/terms-of-service/2020-06-18" in missing.stdout


def test_newer_copies_show_what_has_to_be_read_again(rules, own):
    copies = own / "copies" / "rope-forum"
    copies.mkdir(parents=True)
    digest = hashlib.sha256(b"Posts are not for training models").hexdigest()
    file = own / "mine" / "sources" / "rope-forum.yaml"
    words = f"        stored-on: 2024-03-02\n        quotation-sha256: {digest}\n"
    file.write_text(OWN.replace("cases:\n", f"{words}cases:\n"))
    asked = ("watch", "--copies", "copies", "--rules", "mine")

    (copies / "terms.md").write_text("**5.** Posts are *not* for [training](a) models.")
    same = rules(*asked)
    assert same.returncode == 0
    assert "same     rope-forum/terms/2024-03-01 (s.5, read on 2024-03-02)\n" in same.stdout
    assert "0 of 1 statements in these copies have to be read again." in same.stdout

    (copies / "terms.md").write_text("**5.** Posts may train models from now on.")
    changed = rules(*asked)
    assert changed.returncode == 1
    assert "changed  rope-forum/terms/2024-03-01 (s.5, read on 2024-03-02)\n" in changed.stdout
    assert "         rope-forum/terms.md\n" in changed.stdout
    assert "1 of 1 statements in these copies have to be read again." in changed.stdout

    file.write_text(OWN)
    assert "compare  rope-forum/terms/2024-03-01 (s.5)\n" in rules(*asked).stdout

    (copies / "terms.md").rename(copies / "rules-of-the-house.md")
    unnamed = rules(*asked)
    assert unnamed.returncode == 1
    assert "unnamed  rope-forum/rules-of-the-house.md: name it after a document" in unnamed.stdout


def test_statements_that_have_ended_are_not_watched_and_documents_may_be_folders(rules, own):
    copies = own / "copies" / "x" / "developer-agreement"
    copies.mkdir(parents=True)
    (copies / "2026-12-01.txt").write_text("nothing of it")
    done = rules("watch", "x", "--copies", "copies")
    assert done.returncode == 1
    assert "changed  x/developer-agreement/2025-06-04 (III.A(k), read on 2025-06-04)" in done.stdout
    assert "x/developer-agreement/2023-11-14" not in done.stdout
    assert "0 of 0 statements" in rules("watch", "reddit", "--copies", "copies").stdout


def test_two_law_books_are_compared_and_a_result_judged_by_both(rules, own, world, provenance):
    done = rules("diff", "shipped", "mine")
    assert done.stdout == "added    rope-forum/terms/2024-03-01: forbidden (explicit-ml)\n"
    assert rules("diff", "mine", "mine").stdout == "Nothing changed.\n"
    checked = provenance(
        *("check", str(world / "train.jsonl"), "--registry", str(world / "reg"), "-o", "report"),
        cwd=own,
    )
    assert checked.returncode == 1, checked.stderr
    laxer = OWN.replace("rope-forum", "x").replace("forum.ropestreet.example", "x.com", 1)
    laxer = laxer.replace("verdict: forbidden", "verdict: restricted", 1)
    (own / "mine" / "sources" / "x.yaml").write_text(laxer, "utf-8")
    done = rules("diff", "shipped", "mine", "--result", "report")
    assert "removed  x/developer-agreement/2025-06-04: forbidden (explicit-ml)" in done.stdout
    assert re.search(r"x: \d+ of the findings would be unknown, not forbidden", done.stdout)


@pytest.mark.parametrize(
    "name", ["list", "show", "explain", "timeline", "lint", "test", "diff", "verify", "watch"]
)
def test_every_command_explains_itself(rules, name):
    done = rules(name, "--help")
    assert done.returncode == 0
    assert "Options:" in done.stdout


def test_an_unknown_source_is_refused_with_a_suggestion(rules):
    done = rules("explain", "redit")
    assert done.returncode == 2
    assert "did you mean 'reddit'?" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "remedy"),
    [
        (
            ("list", "--basis", "explicit-nlp"),
            "no statement of the rules has the basis",
            "'explicit",
        ),
        (("list", "--binds", "scrapper"), "no statement of the rules has the role", "'scraper'"),
        (("explain", "x", "--signal", "tdm-rep"), "the rules have no signal 'tdm-rep'", "'tdmrep'"),
    ],
)
def test_a_word_that_would_find_nothing_is_an_error(provenance, tmp_path, arguments, said, remedy):
    told = provenance("rules", *arguments, cwd=tmp_path)
    assert told.returncode == 2
    assert said in told.stderr
    assert remedy in told.stderr


def test_what_a_corpus_is_made_of_is_shown(rules):
    text = " ".join(rules("show", "redpajama").stdout.split())
    assert "Made of: common-crawl, c4, github, arxiv, wikipedia, stackexchange" in text
    assert "Also made of, without rules: Books" in text
