"""Languages and domains of a dataset: deterministic, in bounded memory, equal to a plain count."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from provenance.model.content.tables import DOCUMENTS
from provenance.model.records.disclosure import DOMAIN_SIZES
from provenance.pipeline.disclosure.domain_sizes import (
    DomainCounter,
    largest_tenth,
    registrable_domain,
)
from provenance.pipeline.disclosure.language_sample import TextSample, measure_languages


def batch(rows):
    """Rows as the reader of a corpus gives them."""
    empty = {"field": "text", "document": "d", "file": "a.jsonl"}
    columns = {
        field.name: pa.array([(empty | row).get(field.name) for row in rows], field.type)
        for field in DOCUMENTS
    }
    return pa.RecordBatch.from_pydict(columns, schema=DOCUMENTS)


ROWS = [{"row": number, "text": f"text {number}"} for number in range(5000)]


def sampled(size, *parts):
    sample = TextSample(size)
    for part in parts:
        sample.add(batch(part))
    return sample.texts(), sample.seen


def test_a_sample_does_not_depend_on_batches_or_their_order():
    whole = sampled(100, ROWS)
    assert whole == sampled(100, ROWS[3000:], ROWS[:10], ROWS[10:3000])
    assert (len(set(whole[0])), whole[1]) == (100, 5000)


def test_a_sample_is_even():
    chosen = [int(text.split()[1]) for text in sampled(1000, ROWS)[0]]
    counts = np.bincount(np.array(chosen) // 500, minlength=10)
    assert counts.min() > 60
    assert counts.max() < 140


def test_copies_of_a_text_count_as_often_as_they_occur():
    rows = [{"row": number, "text": "copy" if number % 2 else "other"} for number in range(4000)]
    counts = Counter(sampled(1000, rows)[0])
    assert 420 < counts["copy"] < 580


def test_small_datasets_are_looked_at_as_a_whole():
    texts, seen = sampled(100, ROWS[:40])
    assert sorted(texts) == sorted(row["text"] for row in ROWS[:40])
    assert seen == 40


def test_only_the_beginning_of_a_text_is_kept():
    assert len(sampled(1, [{"row": 0, "text": "a" * 5000}])[0][0]) == 1000


LANGUAGES = {
    "en": "The ferry leaves the harbour at seven, and nobody has seen the captain this morning.",
    "de": "Die Fähre verlässt den Hafen um sieben, und niemand hat heute den Kapitän gesehen.",
    "fr": "Le bac quitte le port à sept heures, et personne n'a vu le capitaine ce matin.",
    "ga": "Fágann an bád farantóireachta an cuan ar a seacht, agus ní fhaca éinne an captaen.",
    "mt": "Il-vapur jitlaq mill-port fis-sebgħa, u ħadd ma ra lill-kaptan dalgħodu hawnhekk.",
    "ja": "渡し船は七時に港を出るが、今朝は誰も船長を見ていない。",
}


def test_languages_are_measured():
    pytest.importorskip("py3langid", reason="the extra `disclose` is not installed")
    rows = [{"row": number, "text": text} for number, text in enumerate(LANGUAGES.values())]
    sample = TextSample()
    sample.add(batch([*rows, {"row": 9, "text": LANGUAGES["en"]}, {"row": 10, "text": "0x3f 17"}]))
    found = measure_languages(sample)
    assert {each.code: each.texts for each in found.languages} == {
        **dict.fromkeys(LANGUAGES, 1),
        "en": 2,
        "und": 1,
    }
    assert found.languages[0].code == "en"
    assert all(each.low == each.share == each.high for each in found.languages)
    assert found.tool.startswith("py3langid ")


def test_shares_of_a_sample_have_intervals():
    pytest.importorskip("py3langid", reason="the extra `disclose` is not installed")
    sample = TextSample(20)
    texts = [LANGUAGES["de"], LANGUAGES["en"]]
    sample.add(batch([{"row": number, "text": texts[number % 2]} for number in range(200)]))
    found = measure_languages(sample)
    assert (found.texts, found.of_texts) == (20, 200)
    assert sum(each.share for each in found.languages) == pytest.approx(1)
    assert all(each.low < each.share < each.high for each in found.languages)


@pytest.fixture
def domain_of():
    pytest.importorskip("publicsuffixlist", reason="the extra `disclose` is not installed")
    return registrable_domain()


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("example.com", "example.com"),
        ("www.news.example.com", "example.com"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("someone.github.io", "github.io"),
        ("co.uk", "co.uk"),
        ("CO.UK", "co.uk"),
        ("WWW.Example.COM", "example.com"),
        ("10.0.0.1", "10.0.0.1"),
        ("a.b.museum.example", "museum.example"),
    ],
)
def test_domains_are_what_can_be_registered(domain_of, host, domain):
    assert domain_of(host) == domain


def addresses(number):
    """Rows of many domains: in several spellings, some without an address."""
    rows = []
    for place in range(number):
        domain = f"site-{place * place % 97}.example"
        urls = (
            f"https://www.{domain}/{place}",
            f"HTTP://{domain.upper()}:80/",
            f"https://{domain.upper()}/a",
            domain,
            None,
        )
        rows.append({"row": place, "text": "é" * (place % 13), "url": urls[place % 5]})
    return rows


@pytest.mark.parametrize("max_domains", [1 << 20, 5])
def test_domains_are_summed_up(tmp_path, domain_of, max_domains):
    rows = addresses(1000)
    counter = DomainCounter(tmp_path, max_domains)
    for start in range(0, len(rows), 100):
        part = rows[start : start + 100]
        counter.add(batch(part), np.ones(len(part), np.bool_))
    found = counter.result()
    sizes, documents = Counter(), Counter()
    for row in rows:
        if row["url"] is not None:
            name = f"site-{row['row'] * row['row'] % 97}.example"
            sizes[name] += len(row["text"].encode())
            documents[name] += 1
    assert (found.domains, found.documents) == (len(sizes), documents.total())
    assert found.bytes == sizes.total()
    expected = sorted(sizes, key=lambda name: (-sizes[name], name))[: largest_tenth(len(sizes))]
    assert found.largest.schema == DOMAIN_SIZES
    assert found.largest.to_pylist() == [
        {"domain": name, "bytes": sizes[name], "documents": documents[name]} for name in expected
    ]


def test_a_dataset_without_addresses_has_no_domains(tmp_path, domain_of):
    counter = DomainCounter(tmp_path)
    counter.add(batch(ROWS[:3]), np.ones(3, np.bool_))
    found = counter.result()
    assert (found.domains, found.documents, found.bytes, len(found.largest)) == (0, 0, 0, 0)


def test_a_document_of_several_texts_counts_once(tmp_path, domain_of):
    counter = DomainCounter(tmp_path)
    rows = [{"row": 0, "text": "abc", "url": "https://a.example"} for _ in range(2)]
    counter.add(batch(rows), np.array([True, False]))
    assert counter.result().largest.to_pylist() == [
        {"domain": "a.example", "bytes": 6, "documents": 1}
    ]
