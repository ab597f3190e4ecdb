"""Policies: where they are found, what they may say, and which options win."""

from datetime import date

import pytest

from provenance.errors import PolicyError
from provenance.model.rules.policy import (
    DEFAULT_GATES,
    Agreement,
    Collection,
    Gate,
    Route,
    Unit,
    Waiver,
    WaiverReason,
)
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose, Verdict
from provenance.read.policy.policy_file import load_policy, override
from tests.read.policy_texts import WHOLE, written

EVERYTHING = WHOLE.replace('source = "x"\ndocuments = "faq-*"', "")
TWICE = WHOLE + WHOLE[WHOLE.index("[[waivers]]") :]


COLLECTIONS = """
[[agreements]]
source = "reddit"
purposes = ["pretraining"]
reference = "contract 17"
[[collections]]
name = "bought"
files = "bought/*"
collected = 2024-05
route = "purchase"
agreement = "contract 17"
[[collections]]
name = "old snapshots"
host = "reddit.com"
column = "meta.snapshot"
value = "2021-*"
actor = "any-recipient"
jurisdiction = "JP"
commercial = false
""".replace("2024-05", '"2024-05"')


def test_collections_are_read_in_their_order(tmp_path):
    policy = written(tmp_path, COLLECTIONS)
    assert policy.collections == (
        Collection(
            "bought",
            files="bought/*",
            collected=DateRange(date(2024, 5, 1), date(2024, 6, 1)),
            route=Route.PURCHASE,
            agreement="contract 17",
        ),
        Collection(
            "old snapshots",
            host="reddit.com",
            column="meta.snapshot",
            value="2021-*",
            actor=Actor.RECIPIENT,
            jurisdiction="JP",
            commercial=False,
        ),
    )
    assert policy.label_columns == ("meta.snapshot",)
    assert policy.digest != written(tmp_path, COLLECTIONS.replace("2021", "2022")).digest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('agreement = "contract 17"', 'agreement = "contract 71"'),
            r"collections\[0\].agreement: no agreement",
        ),
        (('name = "old snapshots"', 'name = "bought"'), r"collections\[1\]: two collections"),
        (('files = "bought/*"\n', ""), r"collections\[0\]: the collection contains everything"),
        (('value = "2021-*"\n', ""), r"collections\[1\]: 'value' is missing"),
        (('"any-recipient"', '"reader"'), r"collections\[1\].actor: 'reader'"),
    ],
)
def test_a_mistake_in_a_collection_is_told_with_its_place(tmp_path, change, message):
    with pytest.raises(PolicyError, match=message):
        written(tmp_path, COLLECTIONS.replace(*change))


def test_a_policy_is_read_as_design_writes_it(tmp_path):
    policy = written(tmp_path, WHOLE)
    assert policy.circumstances == Circumstances(
        Purpose.FINE_TUNING,
        DateRange(date(2023, 6, 1), date(2023, 6, 2)),
        Actor.API_DEVELOPER,
        "EU",
    )
    assert policy.gates == (
        Gate(Verdict.FORBIDDEN),
        Gate(Verdict.RESTRICTED, "x", Unit.DOCUMENTS, 0.05),
    )
    assert policy.agreements == (
        Agreement(
            "reddit",
            (Purpose.PRETRAINING,),
            DateRange(date(2024, 2, 1), date(2027, 1, 31)),
            "contract 17/2024",
        ),
    )
    assert policy.waivers == (
        Waiver(
            WaiverReason.OWN_CONTENT,
            "our own account",
            "Rosa Osei, legal",
            date(2027, 1, 31),
            "x",
            "faq-*",
        ),
    )
    assert (policy.text_columns, policy.registries) == (("text",), ("registries/x",))
    assert policy.backgrounds == ("registries/books",)
    assert policy.calibration == "calibration.json"
    assert policy.signals == "captures"
    assert policy.path == "provenance.toml"


def test_without_a_file_the_defaults_hold(tmp_path):
    policy = load_policy(None, tmp_path)
    assert (policy.circumstances, policy.gates) == (Circumstances(), DEFAULT_GATES)
    assert policy.path is None
    assert len(policy.digest) == 64


def test_an_empty_file_says_what_the_defaults_say(tmp_path):
    assert written(tmp_path, "").digest == load_policy(None, tmp_path / "elsewhere").digest


def test_the_named_file_comes_before_the_folder_s_and_that_before_the_project_s(tmp_path):
    project = '[project]\nname = "a"\n[tool.provenance.check]\njurisdiction = "project"\n'
    assert written(tmp_path, project, "pyproject.toml").circumstances.jurisdiction == "project"
    assert (
        written(tmp_path, '[check]\njurisdiction = "folder"').circumstances.jurisdiction == "folder"
    )
    (tmp_path / "own.toml").write_text('[check]\njurisdiction = "own"', "utf-8")
    policy = load_policy("own.toml", tmp_path)
    assert (policy.circumstances.jurisdiction, policy.path) == ("own", "own.toml")
    assert load_policy("pyproject.toml", tmp_path).circumstances.jurisdiction == "project"


def test_a_project_without_the_table_is_no_policy(tmp_path):
    assert written(tmp_path, '[project]\nname = "a"\n', "pyproject.toml").path is None
    with pytest.raises(PolicyError, match=r"no table \[tool.provenance\]"):
        load_policy("pyproject.toml", tmp_path)


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ('[chekc]\npurpose = "x"', "chekc: unknown key 'chekc'", "'check'"),
        ("[check]\npurposes = 1", "check.purposes: unknown key", "'purpose'"),
        ('[check]\npurpose = "training"', "check.purpose: 'training'", "'pretraining'"),
        ("[check]\npurpose = 3", "check.purpose: 3 is not text", "quotes"),
        ('[check]\nactor = "scrapers"', "check.actor: 'scrapers'", "'scraper'"),
        ('[check]\ncollected = "june"', "check.collected: 'june' is not a day", "2023-06-01"),
        (
            "[check]\ncollected = 2023-06-01T12:00:00",
            "check.collected: datetime.datetime(2023, 6, 1",
            "quotes",
        ),
        (
            "[check]\ncollected = {since = 2023-06-01}",
            "check.collected.since: unknown key",
            "from, until",
        ),
        (
            "[check]\ncollected = {from = 2023-06-02, until = 2023-06-01}",
            "it ends on 2023-06-01, before it begins on 2023-06-02",
            "last day",
        ),
        ('[check]\ntext_columns = "text"', "check.text_columns: 'text' is not a list", '["text"]'),
        ('[gate]\nforbiden = "0%"', "gate.forbiden: 'forbiden'", "'forbidden'"),
        ('[gate]\nforbidden = "0"', "gate.forbidden: '0' is not a share", '"0%"'),
        ("[gate]\nforbidden = 0", "gate.forbidden: 0 is not text", "quotes"),
        (
            '[gate]\n"forbidden.words" = "0%"',
            "gate.forbidden.words: 'words'",
            "documents, tokens, bytes",
        ),
        ("gate = 3", "gate: 3 is not a table", "keys and values"),
        ("[agreements]\nsource = 'x'", "agreements: {'source': 'x'} is not a list", "write"),
        ("[[agreements]]\nsource = 'x'", "agreements[0]: 'purposes' is missing", "add"),
        ("[[waivers]]\nsource = 'x'", "waivers[0]: 'reason' is missing", "add"),
        (EVERYTHING, "waivers[0]: the waiver covers", "documents"),
        (
            WHOLE.replace("own-content", "own-contents"),
            "waivers[0].reason: 'own-contents'",
            "'own-content'",
        ),
        (
            WHOLE.replace("2027-01-31", "'soon'"),
            "waivers[0].expires: 'soon' is not a day",
            "2023-06-01",
        ),
        (TWICE, "waivers[1]: two waivers", "one of them"),
        ("[claim]", "claim: unknown key 'claim'", "'claims'"),
        ("[claims]\neu-dsm-art-4 = 1", "claims.eu-dsm-art-4: 1 is neither true", "true or false"),
        ("[check]\ncommercial = 'yes'", "check.commercial: 'yes' is neither", "true or false"),
        ('[check]\nmodel = ["large"]', "check.model[0]: 'large'", "competing"),
        (
            WHOLE.replace('"contract 17/2024"', '"c"\ndigest = "abc"'),
            "agreements[0].digest: 'abc' is not a SHA-256",
            "64",
        ),
        ("[check", "is not valid TOML: Expected", "at that line"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_a_remedy(tmp_path, text, said, remedy):
    with pytest.raises(PolicyError) as caught:
        written(tmp_path, text)
    assert caught.value.message.startswith("provenance.toml")
    assert said in caught.value.message
    assert remedy in caught.value.remedy


def test_a_mark_before_the_file_is_no_part_of_it(tmp_path):
    policy = written(tmp_path, "\ufeff[check]\r\npurpose = 'evaluation'\r\n")
    assert policy.circumstances.purpose == "evaluation"


def test_a_policy_of_brackets_alone_is_refused(tmp_path):
    with pytest.raises(PolicyError, match="is not valid TOML"):
        written(tmp_path, "a = " + "[" * 100_000)


def test_a_policy_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PolicyError, match=r"there is no policy other.toml"):
        load_policy("other.toml", tmp_path)
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(str(tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("gate", "gates"),
    [
        ('restricted = "5%"', {"forbidden=0%", "restricted=5%"}),
        ('"x:forbidden" = "5%"', {"forbidden=0%", "x:forbidden=5%"}),
        ('forbidden = "5%"', {"forbidden=5%"}),
        ('forbidden.documents = "5%"', {"forbidden.documents=5%"}),
        ("", {"forbidden=0%"}),
    ],
)
def test_what_is_forbidden_fails_unless_the_policy_tolerates_it(tmp_path, gate, gates):
    assert {str(each) for each in written(tmp_path, f"[gate]\n{gate}").gates} == gates


def test_a_gate_is_written_once(tmp_path):
    with pytest.raises(PolicyError, match="two gates are for the same share"):
        written(tmp_path, '[gate]\nforbidden = "1%"\n"forbidden.tokens" = "2%"')


def test_options_win_over_the_file(tmp_path):
    policy = override(
        written(tmp_path, WHOLE),
        purpose="evaluation",
        collected="2024",
        actor="scraper",
        jurisdiction="US",
        gates=["forbidden.bytes=1%"],
        text_columns=["body"],
        calibration="mine.json",
        signals="others",
        registries=["a", "b"],
        backgrounds=["c"],
    )
    assert policy.circumstances == Circumstances(
        Purpose.EVALUATION, DateRange(date(2024, 1, 1), date(2025, 1, 1)), Actor.SCRAPER, "US"
    )
    assert [str(gate) for gate in policy.gates] == [
        "x:restricted.documents=5%",
        "forbidden.bytes=1%",
    ]
    assert (policy.text_columns, policy.registries) == (("body",), ("a", "b"))
    assert policy.backgrounds == ("c",)
    assert policy.calibration == "mine.json"
    assert policy.signals == "others"
    assert len(policy.agreements) == len(policy.waivers) == 1


def test_options_that_nobody_gave_change_nothing(tmp_path):
    policy = written(tmp_path, WHOLE)
    assert override(policy) == policy
    assert override(policy, purpose=None, collected=None, gates=(), registries=()) == policy


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("purpose", "training", "--purpose: 'training'"),
        ("actor", "robot", "--actor: 'robot'"),
        ("collected", "june", "--collected: 'june'"),
        ("jurisdiction", " ", "--jurisdiction: the text is empty"),
    ],
)
def test_an_option_that_cannot_be_meant_is_named(tmp_path, option, value, said):
    with pytest.raises(PolicyError, match=said):
        override(load_policy(None, tmp_path), **{option: value})


def test_the_digest_is_of_what_is_said_and_not_of_where(tmp_path):
    policy = written(tmp_path, WHOLE)
    (tmp_path / "other.toml").write_text("# a comment\n" + WHOLE, "utf-8")
    assert load_policy("other.toml", tmp_path).digest == policy.digest
    assert override(policy, purpose="evaluation").digest != policy.digest
    assert override(policy, gates=["forbidden=1%"]).digest != policy.digest
    later = WHOLE.replace("2027-01-31", "2027-02-01")
    assert written(tmp_path, later).digest != policy.digest
