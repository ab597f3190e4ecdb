"""Wikis, in the layouts in which they are published."""

import bz2
import json

import pytest

from provenance.errors import CorruptFile, UnsupportedFormat

EXPORT = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" xml:lang="de">
  <siteinfo><sitename>W</sitename><base>https://de.wikipedia.org/wiki/Seite</base></siteinfo>
  <page><title>Alter Hafen</title><ns>0</ns><id>12</id>
    <revision><id>1</id><timestamp>2019-01-01T00:00:00Z</timestamp><text>first</text></revision>
    <revision><id>2</id><timestamp>2020-01-01T00:00:00Z</timestamp>
      <contributor><username>Ann</username><id>7</id></contributor><model>wikitext</model>
      <text bytes="9">'''Quay''' is a [[place|spot]] {{cite|x}}by the sea.&lt;ref&gt;a&lt;/ref&gt;

== Use ==
* ships
[[File:a.png|thumb|a caption]]
{| class="t"
| cell
|}
[[Category:Sea]]</text></revision></page>
  <page><title>Kai</title><ns>0</ns><id>13</id><redirect title="Alter Hafen"/>
    <revision><text>#REDIRECT [[Alter Hafen]]</text></revision></page>
  <page><title>Diskussion:Kai</title><ns>1</ns><id>14</id>
    <revision><text>talk</text></revision></page>
  <page><title>Weg</title><ns>0</ns><id>15</id>
    <revision><text deleted="deleted"/></revision></page>
  <page><title>Modul</title><ns>0</ns><id>16</id>
    <revision><model>Scribunto</model><text>return 1</text></revision></page>
</mediawiki>"""
NOT_AN_ARTICLE = "not an article (a talk page, a template, a redirect)"


def test_an_article_is_the_text_of_its_latest_revision(read, tmp_path):
    path = tmp_path / "pages-articles.xml.bz2"
    path.write_bytes(bz2.compress(EXPORT.encode()))
    found = read(path)
    (row,) = found.rows
    lines = [line for line in row["text"].splitlines() if line]
    assert [line.strip() for line in lines] == [
        *("Alter Hafen", "Quay is a spot by the sea.", "Use", "ships")
    ]
    assert row["item"] == "12"
    assert row["url"] == "https://de.wikipedia.org/wiki/Alter_Hafen"
    assert (row["language"], row["licence"]) == ("de", "CC BY-SA 4.0")
    assert row["created_at"].isoformat() == "2020-01-01T00:00:00+00:00"
    assert found.skipped == {NOT_AN_ARTICLE: 3, "deleted or removed": 1}


def test_a_wiki_of_others_has_no_licence_that_is_known(read, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(EXPORT.replace("de.wikipedia.org", "wiki.example"))
    assert read(path).column("licence") == [None]


def test_files_and_categories_have_names_in_the_language_of_the_wiki(read, tmp_path):
    path = tmp_path / "a.xml"
    names = {6: "Datei", 10: "Vorlage", 14: "Kategorie"}
    spaces = "".join(f'<namespace key="{key}">{name}</namespace>' for key, name in names.items())
    export = EXPORT.replace("</siteinfo>", f"<namespaces>{spaces}</namespaces></siteinfo>")
    path.write_text(export.replace("File:", "Datei:").replace("Category:", " kategorie:"))
    (row,) = read(path).rows
    lines = [line.strip() for line in row["text"].splitlines() if line]
    assert lines == ["Alter Hafen", "Quay is a spot by the sea.", "Use", "ships"]


def test_an_export_that_was_cut_is_damaged(read, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text(EXPORT[:-20])
    with pytest.raises(CorruptFile, match=r"after \d+ elements"):
        read(path)


def test_entities_are_refused(read, tmp_path):
    path = tmp_path / "a.xml"
    path.write_text('<!DOCTYPE m [<!ENTITY e "x">]><mediawiki><page/></mediawiki>')
    with pytest.raises(UnsupportedFormat, match="declares entities"):
        read(path, layout="mediawiki")


def test_a_folder_of_extracted_texts_is_read(read, tmp_path):
    head = '<doc id="{0}" url="https://en.wikipedia.org/wiki?curid={0}" title="T">'
    document = head + "\nT\n\nText {0} &lt;x&gt;\n</doc>\n"
    for folder in ("AA", "AB"):
        (tmp_path / folder).mkdir()
    (tmp_path / "AA" / "wiki_00").write_text(document.format(1) + document.format(2))
    (tmp_path / "AB" / "wiki_01").write_text(document.format(3) + "<doc id=")
    found = read(tmp_path)
    assert found.column("item") == ["1", "2", "3"]
    assert found.rows[0]["text"] == "T\n\nText 1 <x>"
    assert found.column("licence") == ["CC BY-SA 4.0"] * 3
    assert found.skipped == {"cut short: there is no </doc>": 1}


def test_an_article_of_the_enterprise_has_its_licence(read, tmp_path):
    article = {
        "name": "Quay",
        "identifier": 12,
        "url": "https://en.wikipedia.org/wiki/Quay",
        "date_modified": "2024-01-02T03:04:05Z",
        "in_language": {"identifier": "en"},
        "license": [{"name": "Creative Commons", "identifier": "CC-BY-SA-4.0"}],
    }
    html = (
        '<table class="infobox"><tr><td>a box<table><tr></tr></table></td></tr></table>'
        '<p>by the <b>sea</b><sup class="mw-ref reference">[1]</sup></p>'
        '<figure><figcaption>a picture</figcaption></figure><ol class="references"><li>a</li></ol>'
    )
    body = {"article_body": {"html": html}}
    parts = [{"type": "paragraph", "value": "by the sea"}, {"type": "image"}]
    sections = {"sections": [{"type": "section", "has_parts": parts}]}
    wikitext = {"article_body": {"wikitext": "__NOTOC__\nby the '''sea'''"}}
    path = tmp_path / "a.ndjson"
    path.write_text("".join(json.dumps(article | one) + "\n" for one in (body, sections, wikitext)))
    for row in read(path).rows:
        assert row["text"] == "Quay\n\nby the sea"
        assert (row["item"], row["language"], row["licence"]) == ("12", "en", "CC-BY-SA-4.0")
        assert row["created_at"].isoformat() == "2024-01-02T03:04:05+00:00"


def test_articles_of_the_search_index_have_address_and_licence(read, lines, tmp_path):
    page = {"title": "Old quay", "namespace": 0, "wiki": "enwiki", "language": "en"}
    page |= {"page_id": 7, "timestamp": "2020-09-13T12:26:40Z"}
    rows = [
        {"index": {"_type": "_doc", "_id": "7"}},
        page | {"text": "A quay."},
        {"index": {"_type": "_doc", "_id": "8"}},
        page | {"text": "A talk.", "namespace": 1},
        page | {"text": "A file.", "wiki": "commonswiki", "page_id": 9},
    ]
    path = tmp_path / "enwiki-20200913-cirrussearch-content.json"
    path.write_text(lines(rows))
    found = read(path)
    assert found.column("text") == ["Old quay\n\nA quay.", "Old quay\n\nA file."]
    assert found.column("url") == ["https://en.wikipedia.org/wiki/Old_quay", None]
    assert found.column("licence") == ["CC BY-SA 4.0", None]
    assert found.column("item") == ["7", "9"]
    assert sum(found.skipped.values()) == 3
