"""What rows say of themselves becomes findings: addresses, licences, signals."""

import json
from datetime import date

import pytest

from provenance.model.rules.policy import Gate, Policy
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Verdict
from provenance.pipeline import check
from provenance.pipeline.settings import Settings

NOAI = {"x_robots_tag": "noai"}
YEAR_2025 = DateRange(date(2025, 1, 1), date(2026, 1, 1))
TDMREP = '[{"location": "/", "tdm-reservation": 1}]'
FIELDS = ("document", "evidence", "source", "verdict", "basis", "terms", "declared")


@pytest.fixture
def found(tmp_path, registry, pages, write_lines):
    """Check rows of pages; give what stands in their findings."""

    def run(rows, settings=None, text=None, **policy):
        rows = [{"id": f"d{n}", "text": text or pages[n], **row} for n, row in enumerate(rows)]
        corpus = write_lines(tmp_path / "corpus.jsonl", rows)
        asked = Circumstances(**policy.pop("asked", {}))
        report = check(
            [corpus], Policy(asked, registries=(registry,), **policy), settings or Settings()
        )
        run.report = report
        return [
            tuple(row[name] for name in FIELDS)
            for row in sorted(report.findings.to_pylist(), key=lambda r: (r["row"], r["start"]))
        ]

    return run


def test_a_signal_against_training_is_a_finding_of_its_own(found):
    header = 'header X-Robots-Tag: "noai"'
    assert found([NOAI, {}, {"x_robots_tag": "noindex"}]) == [
        ("d0", "signal", "noai", "restricted", "machine-signal", "noai/directive", header)
    ]
    shares = {(s.by, s.key): s for s in found.report.result.shares}
    assert shares["terms", "noai/directive"].documents.count == 1
    assert shares["evidence", "signal"].documents.count == 1
    assert shares["basis", "restricted: machine-signal"].verdict is Verdict.RESTRICTED
    (ruling,) = (r for r in found.report.result.rulings if r.source == "noai")
    assert ruling.ruling.reasons[0].terms.address.startswith("https://www.deviantart.com/")


def test_the_whole_text_stands_under_it(found, pages):
    found([NOAI])
    (row,) = found.report.findings.to_pylist()
    assert (row["start"], row["end"]) == (0, len(pages[0]))


def test_the_plainest_signal_names_the_finding_and_all_are_told(found):
    row = {
        "url": "https://blog.example/a",
        "headers": {"TDM-Reservation": "1", "Content-Usage": "train-ai=n"},
        "robots_txt": "User-agent: GPTBot\nDisallow: /a\n",
    }
    ((_, evidence, source, verdict, basis, terms, declared),) = found([row])
    assert (evidence, source, verdict) == ("signal", "tdmrep", "restricted")
    assert (basis, terms) == ("tdm-reservation", "tdmrep/reservation")
    assert declared == (
        'the page\'s header: "tdm-reservation: 1"; header "content-usage: train-ai=n"; '
        'robots.txt, line 2 "Disallow: /a", for GPTBot'
    )


def test_a_licence_that_a_row_declares_is_a_finding(found):
    rows = [{"license": "CC BY-NC 4.0"}, {"license": "house-rules"}, {"license": "cc0-1.0"}]
    assert [row[1:6] for row in found(rows)] == [
        ("licence", "cc-by-nc-4.0", "forbidden", "condition-unmet", "cc-by-nc-4.0/legal-code"),
        ("licence", "house-rules", "unknown", "no-rule", None),
        ("licence", "cc0-1.0", "permitted", "public-domain", "cc0-1.0/legal-code"),
    ]
    research = found(rows[:1], asked={"commercial": False})
    assert research[0][3:5] == ("restricted", "copyright-licence")


def test_a_signal_beside_a_licence_makes_it_stricter_and_never_laxer(found):
    rows = [{"license": "cc0-1.0", **NOAI}, {"license": "house-rules", **NOAI}]
    assert [row[1:6] for row in found(rows)] == [
        ("licence", "cc0-1.0", "restricted", "machine-signal", "noai/directive"),
        ("licence", "house-rules", "unknown", "no-rule", None),
    ]


SCRAPED = {"actor": Actor.SCRAPER}


def test_an_address_of_a_source_is_judged_by_its_terms_and_what_came_with_it(found):
    at = {"url": "https://news.ycombinator.com/item?id=1"}
    asked = SCRAPED | {"collected": DateRange(date(2022, 5, 1), date(2022, 5, 2))}
    (plain,), (signalled,), (licensed,) = (
        found([row], asked=asked) for row in (at, at | NOAI, at | {"license": "cc0-1.0"})
    )
    assert plain[1:3] == signalled[1:3] == licensed[1:3] == ("link", "hackernews")
    # What a row declares does not permit what its source does not.
    assert licensed[3:6] == plain[3:6]
    assert signalled[3] == "restricted"


def test_what_a_row_declares_makes_its_source_s_word_stricter_and_never_laxer(found):
    # GitLab leaves the last word to the licence of the content, which a row may only claim.
    at = {"url": "https://gitlab.com/a/b"}
    collected = DateRange(date(2024, 1, 1), date(2024, 1, 2))
    asked = SCRAPED | {"commercial": True, "collected": collected}
    rows = [at, at | {"license": "cc0-1.0"}, at | {"license": "cc-by-nc-4.0"}]
    assert [row[1:4] for row in found(rows, asked=asked)] == [
        ("link", "gitlab", "unknown"),
        ("link", "gitlab", "unknown"),
        ("link", "gitlab", "forbidden"),
    ]


def test_passages_keep_their_source_and_the_rest_is_the_page_s(found, posts):
    text = f"Somebody wrote this. {posts[7]['text']} And somebody else wrote that, at some length."
    assert [row[1:3] for row in found([NOAI], text=text)] == [
        ("signal", "noai"),
        ("content", "x"),
        ("signal", "noai"),
    ]


@pytest.fixture
def captured(tmp_path):
    def write(host, day, name, content):
        path = tmp_path / "captures" / host / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return str(tmp_path / "captures")

    return write


def test_a_folder_of_captured_files_counts_by_host_path_and_day(found, captured):
    captured("blog.example", "2022-01-01", "robots.txt", "User-agent: *\nAllow: /\n")
    folder = captured("blog.example", "2023-01-01", "robots.txt", "User-agent: *\nDisallow: /p/\n")
    rows = [
        {"url": "https://blog.example/p/1", "warc_date": "2023-04-01T00:00:00Z"},
        {"url": "https://blog.example/p/2", "date": "2022-04-01T00:00:00Z"},
        {"url": "https://blog.example/q/3", "warc_date": "2023-04-01T00:00:00Z"},
        {"url": "https://blog.example/p/4"},
        {"url": "https://other.example/p/5"},
        {},
    ]
    told = 'robots.txt, line 2 "Disallow: /p/", for GPTBot, CCBot, ClaudeBot, Claude-Web, '
    every = found(rows, signals=folder)
    assert [row[0] for row in every] == ["d0", "d3"]
    assert every[0][6].startswith(told)
    assert "(captured 2023-01-01)" in every[0][6]
    assert "on which day the page was fetched is not known" in every[1][6]
    assert found(rows) == []


def test_the_card_of_a_dataset_lends_its_licence_to_rows_without_one(found, tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    rows = found([{}, {"license": "cc0-1.0"}], signals=str(folder))
    assert [row[2] for row in rows] == ["cc-by-nc-4.0", "cc0-1.0"]


@pytest.mark.parametrize(
    ("card", "lent"),
    [
        ("license: other\nlicense_name: cc-by-nc-4.0", "cc-by-nc-4.0"),
        ("license_name: cc-by-nc-4.0", "cc-by-nc-4.0"),
        ("license: mit\nlicense_name: cc-by-nc-4.0", "mit"),
        ("license: unknown", "not-stated"),
    ],
)
def test_a_named_licence_of_the_card_stands_where_its_id_says_nothing(found, tmp_path, card, lent):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text(f"---\n{card}\n---\n")
    [row] = found([{}], signals=str(folder))
    assert row[2] == lent


@pytest.mark.parametrize("host", ["x.com", "www.reddit.com", "www.nytimes.com", "github.com"])
def test_the_licence_of_a_card_makes_no_terms_of_a_source_less_strict(found, tmp_path, host):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: cc0-1.0\n---\n")
    row = {"url": f"https://{host}/1"}
    [alone], [lent] = found([row]), found([row], signals=str(folder))
    assert lent[2] == alone[2]
    assert Verdict(lent[3]).strictness >= Verdict(alone[3]).strictness


def test_a_row_whose_licence_nobody_knows_does_not_fall_back_on_the_card(found, tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: cc0-1.0\n---\n")
    rows = found([{}, {"license": "ask-the-author-1.0"}, {"license": ""}], signals=str(folder))
    assert [row[3] for row in rows] == ["permitted", "unknown", "permitted"]


@pytest.mark.parametrize(
    ("card", "sources"),
    [
        ("source_datasets: [allenai/c4]", ["c4", "x"]),
        ("source_datasets:\n- extended|c4\n- original", ["c4", "x"]),
        ("source_datasets: extended|other-c4", ["c4", "x"]),
        ("source_datasets: [nobody/knows-it]", ["x"]),
    ],
)
def test_rows_come_from_the_corpus_that_the_card_names(found, tmp_path, card, sources):
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "README.md").write_text(f"---\n{card}\n---\n")
    rows = found([{}, {"url": "https://x.com/i/1"}], signals=str(folder))
    assert [row[2] for row in rows] == sources
    for each in found.report.result.rulings:
        if each.source == "c4" and each.documents:
            assert "made of one part" in each.ruling.why


def test_of_several_corpora_that_the_card_names_the_strictest_counts(found, tmp_path):
    folder = tmp_path / "captures"
    folder.mkdir()

    def verdict(names):
        (folder / "README.md").write_text(f"---\nsource_datasets: [{names}]\n---\n")
        [row] = found([{}], signals=str(folder))
        return row[2], row[3]

    [lax, strict] = sorted(
        ("wikipedia", "allenai/dolma"), key=lambda name: Verdict(verdict(name)[1]).strictness
    )
    assert verdict(lax) != verdict(strict)
    for names in (f"{lax}, {strict}", f"{strict}, {lax}", f"{strict}, nobody/knows-it"):
        assert verdict(names) == verdict(strict)


def test_a_gate_can_count_signals(found):
    gate = Gate(Verdict.RESTRICTED, basis="machine-signal")
    found([NOAI], gates=(gate,))
    assert [each.gate for each in found.report.result.violations] == [str(gate)]


def test_other_captures_are_read_anew_where_earlier_readings_are_kept(found, captured, tmp_path):
    settings = Settings(cache=tmp_path / "cache")
    row = {"url": "https://blog.example/1"}
    folder = captured("blog.example", "2022-01-01", "robots.txt", "User-agent: *\nAllow: /\n")
    assert found([row], settings, signals=folder) == []
    captured("blog.example", "2022-01-01", "robots.txt", "User-agent: *\nDisallow: /\n")
    first = found([row], settings, signals=folder)
    assert [each[1] for each in first] == ["signal"]
    assert found([row], settings, signals=folder) == first


def test_a_row_that_is_hostile_does_no_harm(found):
    rows = [
        {"robots_txt": "User-agent: *\nDisallow: /" + "*a" * 200_000, "url": "https://a.example/a"},
        {"rsl": "<!DOCTYPE r [<!ENTITY a 'x'>]><rsl>&a;</rsl>", "tdmrep": "[" * 50_000},
        {"meta": json.dumps({"x-robots-tag": "noai\x1b[31m<b>" + "x" * 5000})},
    ]
    ((document, _, _, _, _, _, declared),) = found(rows)
    assert document == "d2"
    assert len(declared) <= 200


BLOCK = "User-agent: GPTBot\nUser-agent: CCBot\nUser-agent: ClaudeBot\nDisallow: /\n"
RESERVED = [
    {"robots_txt": BLOCK},
    NOAI,
    {"headers": {"TDM-Reservation": "1"}},
    {"headers": {"Content-Usage": "train-ai=n"}},
    {"headers": {"Content-Signal": "ai-train=no"}},
    {"html": '<head><meta name="tdm-reservation" content="1"></head>'},
]
CLAIM = {"jurisdiction": "DE", "claims": ("eu-dsm-art-4",), "collected": YEAR_2025}


@pytest.mark.parametrize("row", RESERVED)
def test_a_row_whose_owner_reserved_mining_is_forbidden_where_article_4_is_claimed(found, row):
    (finding,) = found([{"url": "https://blog.example/a", **row}], asked=CLAIM)
    assert finding[1] == "signal"
    assert finding[3:5] == ("forbidden", "reserved")
    assert [gate.passed for gate in found.report.result.gates] == [False]
    (finding,) = found([{"url": "https://blog.example/a", **row}])
    assert finding[3] == "restricted"


def test_robots_of_search_that_are_turned_away_reserve_nothing(found):
    robots = "User-agent: Googlebot\nUser-agent: OAI-SearchBot\nDisallow: /\n"
    row = {"url": "https://blog.example/a", "robots_txt": robots}
    assert found([row], asked=CLAIM) == []


def test_a_passage_on_a_page_whose_owner_reserved_mining_is_not_covered_by_the_claim(found, posts):
    text = f"Somebody wrote this. {posts[7]['text']} And somebody else wrote that, at some length."
    asked = {**CLAIM, "actor": Actor.SCRAPER}
    alone = [row[1:5] for row in found([{}], text=text, asked=asked)]
    assert alone == [("content", "x", "restricted", "automated-access")]
    reserved = [row[1:5] for row in found([{"robots_txt": BLOCK}], text=text, asked=asked)]
    assert ("content", "x", "forbidden", "reserved") in reserved
    assert {row[2] for row in reserved} == {"forbidden"}


def test_a_capture_counts_from_its_own_day(found, captured):
    folder = captured("blog.example", "2023-01-01", "tdmrep.json", TDMREP)
    rows = [
        {"url": "https://blog.example/1", "warc_date": "2022-12-31T00:00:00Z"},
        {"url": "https://blog.example/2", "warc_date": "2023-01-01T00:00:00Z"},
        {"url": "https://blog.example/3"},
    ]
    asked = {**CLAIM, "collected": None}
    made = [(row[0], row[3]) for row in found(rows, asked=asked, signals=folder)]
    assert made == [("d1", "forbidden"), ("d2", "forbidden")]
