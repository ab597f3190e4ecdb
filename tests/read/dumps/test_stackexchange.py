"""Stack Exchange's dump."""

import pytest

from provenance.errors import CorruptFile, UnsupportedFormat
from provenance.read.dumps.parsers.xml_elements import replace_forbidden_references

POSTS = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="1" PostTypeId="1" CreationDate="2018-02-06T20:19:50.957" OwnerUserId="14"
       Body="&lt;p&gt;Is &lt;code&gt;a &amp;lt; b&lt;/code&gt; so?&lt;/p&gt;&#xA;"
       Title="A question" ContentLicense="CC BY-SA 3.0" />
  <row Id="2" PostTypeId="2" ParentId="1" CreationDate="2019-01-01T00:00:00.000"
       OwnerDisplayName="user23" Body="&lt;p&gt;It is.&lt;/p&gt;" ContentLicense="CC BY-SA 4.0" />
  <row Id="3" PostTypeId="5" Body="" />
</posts>
"""
COMMENTS = """<comments>
  <row Id="1" PostId="2" Text="Indeed &amp; so." CreationDate="2020-01-01T00:00:00" UserId="3" />
</comments>
"""


@pytest.fixture
def site(tmp_path):
    """Write a site's dump into a folder of that name."""

    def site(name, posts=POSTS, comments=COMMENTS):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "Posts.xml").write_text(posts, "utf-8")
        (folder / "Comments.xml").write_text(comments, "utf-8")
        (folder / "Votes.xml").write_text("<votes></votes>")
        return folder

    return site


def test_a_question_is_its_title_over_its_body(read, site):
    found = read(site("a.stackexchange.com") / "Posts.xml")
    assert found.column("text") == ["A question\n\nIs a < b so?", "It is."]
    assert found.column("author") == ["14", "user23"]
    assert found.column("licence") == ["CC BY-SA 3.0", "CC BY-SA 4.0"]
    assert found.rows[0]["created_at"].isoformat() == "2018-02-06T20:19:50+00:00"
    assert found.skipped == {"empty text": 1}


def test_a_folder_gives_posts_and_comments(read, site):
    found = read(site("conlang_meta"))
    assert found.column("item") == ["conlang_meta/comment-1", "conlang_meta/1", "conlang_meta/2"]
    assert found.column("text")[0] == "Indeed & so."
    assert found.column("url") == [None, None, None]


@pytest.mark.parametrize("host", ["conlang.meta.stackexchange.com", "stackoverflow.com"])
def test_a_folder_that_is_named_for_its_site_gives_addresses(read, site, host):
    assert read(site(host)).column("url") == [
        f"https://{host}/q/2#comment1_2",
        f"https://{host}/q/1",
        f"https://{host}/a/2",
    ]


def test_sites_do_not_share_ids(read, site):
    first, second = read(site("a")), read(site("b"))
    assert not {*first.column("item")} & {*second.column("item")}


def test_other_files_of_the_dump_hold_no_posts(read, site):
    with pytest.raises(UnsupportedFormat, match=r"Votes\.xml"):
        read(site("a") / "Votes.xml")
    with pytest.raises(UnsupportedFormat, match="<votes>"):
        read(site("b", "<votes><row Id='1'/></votes>") / "Posts.xml", layout="stackexchange")


@pytest.mark.parametrize(
    "cut", [POSTS[:-12], POSTS[:400], POSTS.replace('<row Id="2"', "<row Id=2")]
)
def test_damaged_xml_is_refused(read, site, cut):
    with pytest.raises(CorruptFile, match=r"Posts\.xml: damaged or cut short after \d rows"):
        read(site("a", cut))


@pytest.mark.parametrize("reference", ["&#x1F;", "&#0;", "&#xD83D;", "&#xb;", "&#31;"])
def test_characters_that_xml_forbids_are_replaced(read, site, reference):
    posts = f'<posts><row Id="1" Title="a{reference}b&#xA;c&#x1F600;&#10;d" /></posts>'
    assert read(site("a", posts) / "Posts.xml").column("text") == ["a\ufffdb\nc😀\nd"]


def test_references_are_whole_wherever_pieces_end():
    text = b"a&#x1F;b&#xA;c&amp;&#31;" * 3
    for cut in range(1, len(text)):
        pieces = [text[at : at + cut] for at in range(0, len(text), cut)]
        assert (
            b"".join(replace_forbidden_references(iter(pieces)))
            == b"a&#xFFFD;b&#xA;c&amp;&#xFFFD;" * 3
        )


def test_many_rows_need_no_more_memory(read, site):
    row = '<row Id="{0}" Body="some words {0}" />'
    posts = "<posts>" + "".join(row.format(number) for number in range(30_000)) + "</posts>"
    assert len(read(site("a", posts) / "Posts.xml").rows) == 30_000


def test_a_licence_that_is_not_stated_is_that_of_the_latest_revision(read, site):
    row = '<row Id="{}" PostTypeId="1" Title="words" CreationDate="{}T00:00:00" {}/>'
    rows = [
        row.format(1, "2010-01-01", ""),
        row.format(2, "2011-04-08", ""),
        row.format(3, "2018-05-02", ""),
        row.format(4, "2010-01-01", 'LastEditDate="2019-01-01T00:00:00"'),
    ]
    found = read(site("s", posts=f"<posts>{''.join(rows)}</posts>") / "Posts.xml")
    assert found.column("licence") == [f"CC BY-SA {n}" for n in ("2.5", "3.0", "4.0", "4.0")]


def test_posts_that_the_publisher_planted_are_no_items(read, site):
    row = '<row Id="{}" PostTypeId="1" Title="words" OwnerUserId="{}"/>'
    rows = [row.format("1000000001", -1), row.format("1000000010", -1), row.format("1000000010", 5)]
    found = read(site("s", posts=f"<posts>{''.join(rows)}</posts>") / "Posts.xml")
    assert found.column("author") == ["5"]
    assert found.skipped == {"planted by the publisher": 2}


def test_revisions_are_items_of_their_authors(read, site):
    folder = site("stackoverflow.com-PostHistory")
    row = '<row Id="{0}" PostHistoryTypeId="{0}" PostId="9" UserId="{0}" Text="text {0}"/>'
    rows = "".join(row.format(kind) for kind in (1, 2, 3, 5, 8, 12))
    (folder / "PostHistory.xml").write_text(f"<posthistory>{rows}</posthistory>")
    found = read(folder / "PostHistory.xml")
    assert found.column("text") == ["text 2", "text 5", "text 8"]
    assert found.column("author") == ["2", "5", "8"]
    assert found.column("item")[0] == "stackoverflow.com/revision-2"
    assert found.column("url")[0] == "https://stackoverflow.com/posts/9/revisions"
    assert found.skipped == {"not a post": 2, "deletion notice": 1}
    assert "revision-2" not in str(read(folder).column("item"))
