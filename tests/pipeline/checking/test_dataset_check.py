from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from provenance.errors import EmptyCorpus, PolicyError
from provenance.model.results.result import Report
from provenance.model.rules.policy import Agreement, Gate, Policy, Unit, Waiver, WaiverReason
from provenance.model.rules.rulings import Circumstances
from provenance.model.rules.terms import Actor, DateRange, Purpose, Verdict
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings
from provenance.report.files.report_folder import write_report
from provenance.report.files.report_reader import read_report


def share(made: Report, by: str, key: str, unit: str = "tokens"):
    found = next(each for each in made.result.shares if (each.by, each.key) == (by, key))
    return getattr(found, unit)


def test_a_corpus_of_posts_alone_is_nearly_all_theirs(checked, posts) -> None:
    made = checked([post["text"] for post in posts])

    assert share(made, "source", "x").share >= 0.98


def test_a_post_that_stands_a_thousand_times_is_found_each_time(checked, posts) -> None:
    texts = [post["text"] for post in posts] + [posts[7]["text"]] * 1000

    made = checked(texts)

    assert share(made, "source", "x").share >= 0.98
    assert share(made, "source", "x", "documents").count >= 0.99 * len(texts)


def test_a_corpus_of_none_has_share_zero_and_an_upper_end_above(checked, pages) -> None:
    tokens = share(checked(pages), "source", "x")

    assert (tokens.count, tokens.share, tokens.low, tokens.any) == (0, 0, 0, 0)
    assert 0 < tokens.high < 0.1


def test_a_short_post_in_a_page_is_found_with_its_exact_span(checked, posts, pages) -> None:
    post = posts[0]["text"]
    assert len(post.split()) == 8
    page = f"{pages[0]} «{post}» — J. Doe, 15 mai 2023\r\nCafé 😀 {pages[1]}"

    made = checked([*pages[2:], page])

    assert made.findings.num_rows == 1
    finding = made.findings.to_pylist()[0]
    assert (finding["source"], finding["item"]) == ("x", "p0")
    assert page[finding["start"] : finding["end"]] == post
    raw = page.encode()[finding["byte_start"] : finding["byte_end"]]
    assert raw.decode() == post
    shown = finding["excerpt"]
    assert "".join(shown[first:last] for first, last in finding["marks"]) == post


def test_the_date_of_collection_decides_and_both_verdicts_are_told(checked, posts, pages) -> None:
    texts = [*pages, posts[3]["text"]]
    a_day = DateRange(date(2023, 6, 1), date(2023, 6, 2))
    on_a_day = Circumstances(collected=a_day, actor=Actor.SCRAPER)

    known, unknown = checked(texts, Policy(circumstances=on_a_day)), checked(texts)

    finding = known.findings.to_pylist()[0]
    assert (finding["verdict"], finding["basis"]) == ("restricted", "automated-access")
    assert unknown.findings.to_pylist()[0]["verdict"] == "forbidden"
    ruling = next(each.ruling for each in unknown.result.rulings if each.documents)
    assert "2025-06-04" in (ruling.terms or "")
    assert any(
        (other.verdict, other.basis) == (Verdict.RESTRICTED, "automated-access")
        for other in ruling.alternatives
    )


def test_a_source_that_no_rule_knows_is_unknown_and_says_what_to_do(
    tmp_path: Path, posts, pages, write_lines
) -> None:
    dump = write_lines(tmp_path / "forum.jsonl", posts[:50])
    build_registry(tmp_path / "registry", DumpSource([dump], "village-forum"))
    corpus = write_lines(
        tmp_path / "pages.jsonl", [{"text": page} for page in [*pages, posts[5]["text"]]]
    )

    made = check([corpus], Policy(registries=(str(tmp_path / "registry"),)))

    assert made.findings["verdict"].to_pylist() == ["unknown"]
    assert made.result.status == "pass"  # only what is named fails
    assert next(each for each in made.result.rulings if each.documents).ruling.remedy


def test_findings_do_not_depend_on_threads_or_on_the_order_of_files(
    tmp_path: Path, registry: str, posts, pages, write_lines
) -> None:
    texts = [f"{page} {post['text']}" for page, post in zip(pages, posts, strict=False)]
    files = [
        write_lines(tmp_path / f"{name}.jsonl", [{"text": text} for text in texts[first::4]])
        for first, name in enumerate("abcd")
    ]
    policy = Policy(registries=(registry,))
    written = []
    for order, threads in ((files, 1), (files[::-1], 3), (files[2:] + files[:2], 2)):
        folder = tmp_path / f"out{len(written)}"
        write_report(check(order, policy, Settings(threads=threads)), folder)
        written.append((folder / "findings.parquet").read_bytes())

    assert written[0] == written[1] == written[2]


def test_a_gate_fails_on_what_it_names(checked, posts, pages) -> None:
    texts = [*pages, *(post["text"] for post in posts[:20])]

    strict = checked(texts, Policy(gates=(Gate(Verdict.FORBIDDEN),)))
    loose = checked(texts, Policy(gates=(Gate(Verdict.FORBIDDEN, limit=0.5),)))
    other = checked(texts, Policy(gates=(Gate(Verdict.FORBIDDEN, "reddit", Unit.DOCUMENTS),)))

    assert [made.result.status for made in (strict, loose, other)] == ["fail", "pass", "pass"]


def test_an_agreement_permits_what_the_terms_forbid(checked, posts, pages) -> None:
    agreement = Agreement("x", (Purpose.PRETRAINING,), DateRange(), "contract 1/2024")

    made = checked([*pages, posts[1]["text"]], Policy(agreements=(agreement,)))

    assert made.findings["verdict"].to_pylist() == ["permitted"]
    assert made.result.status == "pass"


def test_a_waiver_excuses_until_it_expires(checked, posts, pages) -> None:
    texts = [*pages, posts[1]["text"]]

    def waived(expires: date) -> Report:
        waiver = Waiver(WaiverReason.OWN_CONTENT, "our account", "legal", expires, source="x")
        return checked(texts, Policy(waivers=(waiver,)))

    live, expired = waived(date(2999, 1, 1)), waived(date(2020, 1, 1))

    assert live.result.status == "pass"
    assert live.findings["waiver"].null_count == 0
    assert expired.result.status == "fail"
    assert expired.result.waivers[0].expired


def test_a_row_from_a_source_s_own_host_is_a_link(
    tmp_path: Path, registry: str, pages, write_lines
) -> None:
    rows = [{"text": page, "url": f"https://example.org/{row}"} for row, page in enumerate(pages)]
    rows[4]["url"] = "https://mobile.twitter.com/someone/status/1"
    corpus = write_lines(tmp_path / "pages.jsonl", rows)

    made = check([corpus], Policy(registries=(registry,)))

    finding = made.findings.to_pylist()[0]
    assert made.findings.num_rows == 1
    assert (finding["source"], finding["evidence"], finding["item"]) == ("x", "link", None)
    assert (finding["start"], finding["end"]) == (0, len(pages[4]))


def test_shares_of_disjoint_spans_add_up_to_at_most_one(checked, posts) -> None:
    made = checked([f"{post['text']} {other['text']}" for post, other in pairwise(posts)])

    for unit in ("documents", "tokens", "bytes"):
        verdicts = [share(made, "verdict", str(verdict), unit) for verdict in Verdict]
        if unit != "documents":
            assert sum(each.share for each in verdicts) <= 1 + 1e-9
        for each in verdicts:
            assert 0 <= each.low <= each.share <= each.high <= 1
            assert each.share <= each.any <= 1


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path, checked, posts, pages) -> None:
    made = checked([*pages[:30], posts[1]["text"]])

    write_report(made, tmp_path / "out")
    read = read_report(tmp_path / "out")

    assert read.result == made.result
    assert read.findings.to_pylist() == made.findings.to_pylist()


def test_a_result_says_which_split_and_whose_rules_were_asked_for(
    tmp_path: Path, root: Path, registry: str, posts, pages
) -> None:
    import datasets

    texts = {"train": pages, "test": [posts[0]["text"], *pages]}
    datasets.disable_progress_bars()
    saved = {name: datasets.Dataset.from_dict({"text": texts[name]}) for name in texts}
    datasets.DatasetDict(saved).save_to_disk(str(tmp_path / "saved"))
    policy = Policy(registries=(registry,))

    made = check([str(tmp_path / "saved")], policy, Settings(split="test", rules=root / "rules"))
    plain = check([str(tmp_path / "saved")], policy, Settings(split="train"))

    assert (made.result.corpus.split, made.result.rules_path) == ("test", str(root / "rules"))
    assert made.result.corpus.documents == len(texts["test"])
    assert (plain.result.corpus.split, plain.result.rules_path) == ("train", None)
    assert plain.result.rules_digest == made.result.rules_digest


def test_without_a_registry_nothing_is_checked(tmp_path: Path, write_lines) -> None:
    corpus = write_lines(tmp_path / "pages.jsonl", [{"text": "a page"}])
    with pytest.raises(PolicyError, match="no registry"):
        check([corpus], Policy())


def test_a_corpus_without_text_is_an_error(tmp_path: Path, registry: str, write_lines) -> None:
    corpus = write_lines(tmp_path / "empty.jsonl", [{"text": ""}, {"text": "  "}])

    with pytest.raises(EmptyCorpus):
        check([corpus], Policy(registries=(registry,)))


def test_where_no_row_could_be_read_that_is_told(tmp_path: Path, registry: str) -> None:
    corpus = tmp_path / "corpus.json"
    corpus.write_text('[{"text": ""}, 1, 2]')
    with pytest.raises(EmptyCorpus, match=r"2 of corpus\.json: not a JSON object") as error:
        check([str(corpus)], Policy(registries=(registry,)))
    assert error.value.remedy.startswith("correct these rows, or name the column")


def test_what_everybody_says_is_nobody_s_even_in_a_single_page(tmp_path: Path, write_lines) -> None:
    posts = [
        "crying at my desk for the first time in my life and I blame the onions",
        "at the end of the day we all just want somebody to bring us tea",
        "actions speak louder than words but my cat speaks louder than both",
        "just saw the sunset of the century from the roof of a parking garage",
    ]
    page = (
        "The old man put down his pipe. For the first time in my life, he said, I have nothing to "
        "say about the weather. At the end of the day the boats came in one by one. Actions speak "
        "louder than words, his wife answered, and went out to feed the hens. "
    )
    rows = [{"id": str(row), "text": post} for row, post in enumerate(posts)]
    build_registry(tmp_path / "reg", DumpSource([write_lines(tmp_path / "posts.jsonl", rows)], "x"))
    policy = Policy(registries=(str(tmp_path / "reg"),))

    phrases = check([write_lines(tmp_path / "phrases.jsonl", [{"text": page}])], policy)
    quoting = check([write_lines(tmp_path / "quoting.jsonl", [{"text": page + posts[3]}])], policy)

    assert phrases.findings.num_rows == 0
    assert quoting.findings["item"].to_pylist() == ["3"]


def test_the_order_of_registries_decides_nothing(
    tmp_path: Path, registry: str, posts, pages, write_lines
) -> None:
    dump = write_lines(tmp_path / "posts.jsonl", posts)
    build_registry(tmp_path / "other", DumpSource([dump], "wikipedia"))
    rows = [{"text": text} for text in (*pages[:40], *(post["text"] for post in posts[:40]))]
    corpus = write_lines(tmp_path / "corpus.jsonl", rows)
    named = [registry, str(tmp_path / "other")]

    made = [
        check([corpus], Policy(registries=tuple(order)))
        for order in (named, named[::-1], named * 2)
    ]

    assert made[0].findings.equals(made[1].findings)
    assert made[0].findings.equals(made[2].findings)
    assert made[0].result.shares == made[1].result.shares == made[2].result.shares
