"""`provenance policy`: begun, checked and explained."""

import pytest

POLICY = """\
[check]
commercial = true
model = ["competing"]
jurisdiction = "EU"
undecided = "contest"
own_probability = 0.95
common_background = false
[claims]
eu-dsm-art-4 = true
[gate]
"x:restricted/automated-access.documents" = "50%"
[[agreements]]
source = "redit"
purposes = ["pretraining"]
until = 2020-01-01
reference = "contract 1"
[[waivers]]
rule = "x/terms-of-service/*"
reason = "own-content"
statement = "ours"
approver = {given = "Rosa", family = "Osei", role = "legal"}
expires = 2021-01-01
"""


def test_a_policy_template_is_written_once_and_is_valid(tmp_path, provenance):
    begun = provenance("policy", "init", cwd=tmp_path)
    assert begun.returncode == 0, begun.stderr
    again = provenance("policy", "init", cwd=tmp_path)
    assert again.returncode == 2
    assert "already exists" in again.stderr
    checked = provenance("policy", "check", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "provenance.toml is valid.\n")


def test_a_policy_is_explained_in_sentences(tmp_path, provenance):
    (tmp_path / "provenance.toml").write_text(POLICY, "utf-8")
    done = provenance("policy", "explain", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for said in (
        "under the law of EU, for commercial use, for a model that is competing",
        "x:restricted/automated-access.documents=50%: fails above 50% of the",
        "eu-dsm-art-4: EU - DSM Directive Article 4",
        "contract 1: content of redit for pretraining",
        "EXPIRED 2021-01-01",
        "Words are the item's own from a probability of 95% on, and somebody else's up to 20%.",
        "Words of which it is unclear whether they are the item's own are contested",
        "The shipped background of what everybody quotes is not used.",
        "the rules have no source 'redit', so it is unknown; did you mean 'reddit'?",
    ):
        assert said in text
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout


def test_a_mistyped_source_is_a_note_that_ends_as_a_question(tmp_path, provenance):
    (tmp_path / "own.toml").write_text('[gate]\n"redit:restricted" = "0%"\n', "utf-8")
    done = provenance("policy", "check", "--policy", "own.toml", cwd=tmp_path)
    assert "did you mean 'reddit'?\n" in done.stdout


def test_expired_entries_are_notes_and_mistakes_are_errors(tmp_path, provenance):
    (tmp_path / "own.toml").write_text(POLICY, "utf-8")
    done = provenance("policy", "check", "--policy", "own.toml", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.count("Note: ") == 3
    (tmp_path / "own.toml").write_text(POLICY.replace("eu-dsm-art-4", "eu-dsm-4"), "utf-8")
    done = provenance("policy", "check", "--policy", "own.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "did you mean 'eu-dsm-art-4'?" in done.stderr


MISTAKES = """\
[check]
purpose = "pretrainig"
comercial = true
model = ["competing", "generativ", "large"]
[claims]
eu-dsm-art-4 = 1
[gate]
forbidden = "1"
[[agreements]]
source = "reddit"
purposes = ["training"]
reference = "contract 1"
[[agreements]]
source = "x"
reference = "contract 2"
[[collections]]
name = "crawl"
files = "crawl/*"
agreement = "contract 1"
[[collections]]
name = "rest"
files = "rest/*"
collected = "tomorrow"
agreement = "contract 3"
"""


def test_all_mistakes_are_shown_at_once(tmp_path, provenance):
    (tmp_path / "own.toml").write_text(MISTAKES, "utf-8")
    done = provenance("policy", "check", "--policy", "own.toml", cwd=tmp_path)
    assert done.returncode == 2
    places = [
        line.split(": ")[2]
        for line in done.stderr.splitlines()
        if line.startswith("Error: own.toml: ")
    ]
    assert sorted(places) == [
        "agreements[0].purposes[0]",
        "agreements[1]",
        "check.comercial",
        "check.model[1]",
        "check.model[2]",
        "check.purpose",
        "claims.eu-dsm-art-4",
        "collections[1].agreement",
        "collections[1].collected",
        "gate.forbidden",
    ]
    assert done.stderr.count("Error: ") == done.stderr.count("Try: ") == len(places)


def test_all_names_that_the_rules_do_not_have_are_shown_at_once(tmp_path, provenance):
    text = '[check]\njurisdiction = "Mars"\n[claims]\neu-dsm-4 = true\nuk-29 = true\n'
    (tmp_path / "own.toml").write_text(text, "utf-8")
    done = provenance("policy", "check", "--policy", "own.toml", cwd=tmp_path)
    assert done.returncode == 2
    for name in ("'eu-dsm-4'", "'uk-29'", "'Mars'"):
        assert name in done.stderr
    assert done.stderr.count("Error: ") == 3


@pytest.mark.parametrize("name", ["init", "check", "explain"])
def test_every_command_explains_itself(tmp_path, provenance, name):
    done = provenance("policy", name, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "Options:" in done.stdout


def test_a_strict_template_limits_all_that_is_not_permitted(tmp_path, provenance):
    for options, passing in (((), "What is restricted passes"), (("--strict",), None)):
        (tmp_path / "provenance.toml").unlink(missing_ok=True)
        assert provenance("policy", "init", *options, cwd=tmp_path).returncode == 0
        explained = provenance("policy", "explain", cwd=tmp_path).stdout
        assert ("restricted=0%" in explained) == (passing is None)
        assert (passing or "fails above 0% of the tokens") in explained
        assert ("no gate limits all of it" in explained) == (passing is not None)
    assert (
        "What is unknown or restricted passes"
        in provenance("policy", "explain", "--policy", "empty.toml", cwd=empty(tmp_path)).stdout
    )


def empty(folder):
    (folder / "empty.toml").write_text("")
    return folder
