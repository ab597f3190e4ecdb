"""Exports of single services: YouTube, Weibo, LinkedIn, mail, feeds, papers."""

import json

import pytest

from provenance.errors import UnsupportedFormat


def test_a_video_and_its_comments_are_items(read, tmp_path):
    info = {
        "id": "v1",
        "title": "A title",
        "description": "What it shows.",
        "webpage_url": "https://www.youtube.com/watch?v=v1",
        "extractor": "youtube",
        "uploader": "Ann",
        "upload_date": "20200102",
        "license": "Creative Commons Attribution license (reuse allowed)",
        "formats": [{"id": 1}],
        "comments": [
            {"id": "c1", "text": "first", "author": "Ben", "timestamp": 1_577_930_645},
            {"id": "c2", "text": "", "author": "Cleo"},
        ],
    }
    path = tmp_path / "v.info.json"
    path.write_text(json.dumps(info))
    found = read(path)
    assert [(row["item"], row["author"], row["text"]) for row in found.rows] == [
        ("v1", "Ann", "A title\n\nWhat it shows."),
        ("c1", "Ben", "first"),
    ]
    assert found.rows[1]["url"] == "https://www.youtube.com/watch?v=v1&lc=c1"
    assert [date.isoformat() for date in found.column("created_at")] == [
        "2020-01-02T00:00:00+00:00",
        "2020-01-02T02:04:05+00:00",
    ]
    assert found.column("licence") == [info["license"], None]
    assert found.skipped == {"empty text": 1}


def test_threads_of_the_api_give_comments_and_replies(read, tmp_path):
    def comment(native, text):
        snippet = {
            "textDisplay": f"<b>{text}</b>",
            "authorChannelId": {"value": "UC1"},
            "publishedAt": "2020-01-02T03:04:05Z",
        }
        return {"kind": "youtube#comment", "id": native, "snippet": snippet}

    thread = {
        "kind": "youtube#commentThread",
        "snippet": {"videoId": "v1", "topLevelComment": comment("c1", "first")},
        "replies": {"comments": [comment("c1.r", "second")]},
    }
    page = {"kind": "youtube#commentThreadListResponse", "items": [thread]}
    for content in (page, [thread]):
        (tmp_path / "p.json").write_text(json.dumps(content))
        found = read(tmp_path / "p.json")
        assert found.column("item") == ["c1", "c1.r"]
        assert found.column("text") == ["first", "second"]
        assert found.column("author") == ["UC1", "UC1"]
        address = "https://www.youtube.com/watch?v=v1&lc="
        assert found.column("url") == [f"{address}c1", f"{address}c1.r"]


def test_comments_on_videos_elsewhere_have_the_address_of_the_video(read, tmp_path):
    video = {"id": "v1", "title": "A title", "webpage_url": "https://v.example/v1"}
    comments = [{"id": "c1", "text": "first", "author": "Ben"}]
    (tmp_path / "v.info.json").write_text(
        json.dumps(video | {"extractor": "vimeo", "comments": comments})
    )
    assert read(tmp_path / "v.info.json").column("url") == ["https://v.example/v1"] * 2


@pytest.mark.parametrize(
    "content",
    [
        '{"text":"one "},{"text":"two"}',
        '{"takeoutSegments":[{"text":"one "},{"text":"two"}]}',
    ],
)
def test_comments_of_takeout_are_unwrapped(read, write, tmp_path, content):
    row = {
        "Comment ID": "c1",
        "Channel ID": "UC1",
        "Comment Create Timestamp": "2020-01-02T03:04:05.678+00:00",
        "Video ID": "v1",
        "Comment Text": content,
    }
    write(tmp_path / "comments.csv", [row])
    (found,) = read(tmp_path / "comments.csv").rows
    assert (found["item"], found["text"]) == ("c1", "one two")
    assert found["created_at"].isoformat() == "2020-01-02T03:04:05+00:00"


def test_takeout_has_comments_and_live_chats_beside_what_was_watched(read, write, tmp_path):
    row = {"Comment ID": "c1", "Video ID": "v1", "Comment Text": '{"text":"said below"}'}
    live = {"Live Chat ID": "l1", "Video ID": "v1", "Live Chat Text": '{"text":"said live"}'}
    live["Live Chat Create Timestamp"] = "2020-01-02T03:04:05+00:00"
    watched = {"header": "YouTube", "title": "Watched a film", "time": "2020", "products": []}
    for folder in ("comments", "live chats", "history", "subscriptions"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "comments" / "comments.csv", [row])
    write(tmp_path / "live chats" / "live chats.csv", [live])
    write(tmp_path / "subscriptions" / "subscriptions.csv", [{"Channel Id": "u", "Title": "A"}])
    history = tmp_path / "history" / "watch-history.json"
    history.write_text(json.dumps([watched]))
    found = read(tmp_path)
    assert found.column("text") == ["said below", "said live"]
    assert found.column("item") == ["c1", "l1"]
    assert found.rows[1]["created_at"].year == 2020
    with pytest.raises(UnsupportedFormat, match="as Google keeps it"):
        read(history)


def test_posts_of_weibo_have_their_mid_and_user(read, tmp_path):
    original = {
        "id": 8,
        "mid": "zA",
        "text": 'first <a href="/n/b">@b</a>',
        "user": {"id": 6, "screen_name": "ben"},
        "created_at": "Tue Jan 02 03:04:05 +0800 2018",
    }
    post = {**original, "mid": "zB", "text": "a < b", "user": {"id": 5, "screen_name": "ann"}}
    path = tmp_path / "p.json"
    path.write_text(json.dumps([{**post, "reposts_count": 1, "retweeted_status": original}]))
    found = read(path)
    assert [(row["item"], row["author"], row["text"]) for row in found.rows] == [
        ("zB", "ann", "a < b"),
        ("zA", "ben", "first @b"),
    ]
    assert found.column("url") == ["https://weibo.com/5/zB", "https://weibo.com/6/zA"]
    assert found.rows[0]["created_at"].isoformat() == "2018-01-01T19:04:05+00:00"


def test_the_name_of_a_file_may_have_the_mid(read, tmp_path):
    path = tmp_path / "17_yBmepBtUB_2279086572.json"
    path.write_text(
        '{"text": "words", "has_url": false, "pics": 1, "reposts": 2, "time": 1371699389}'
    )
    (row,) = read(path).rows
    assert (row["item"], row["url"]) == ("yBmepBtUB", "https://weibo.com/2279086572/yBmepBtUB")


def test_shares_of_linkedin(read, write, tmp_path):
    share = {
        "Date": "2020-01-02 03:04:05",
        "ShareLink": "https://a.example/1",
        "ShareCommentary": 'one"\n"two ""three""',
        "SharedUrl": "https://b.example",
        "Visibility": "MEMBER_NETWORK",
    }
    hidden = {**share, "ShareLink": "https://a.example/2", "Visibility": "CONNECTIONS"}
    comment = {"Date": "2020-01-02 03:04:05", "Link": "https://a.example/9", "Message": "yes"}
    write(tmp_path / "Shares.csv", [share, hidden])
    write(tmp_path / "Comments.csv", [comment])
    write(tmp_path / "Connections.csv", [{"First Name": "Ben", "Position": "text"}])
    found = read(tmp_path)
    assert found.column("text") == ["yes", 'one\ntwo "three"']
    assert found.column("url") == ["https://a.example/9", "https://a.example/1"]
    assert found.column("item")[1] == "https://a.example/1"
    assert found.skipped == {"not public": 1}


MAILBOX = """From ann@a.example Thu Jan  2 03:04:05 2020
Received: from b.example by a.example
From: Ann A. <ann@a.example>
To: list@a.example
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Message-ID: <1@a.example>
Date: Thu, 2 Jan 2020 04:04:05 +0100
Content-Type: text/plain; charset="utf-8"

Ben wrote:
> what others said

My answer.
>From here on.

From ben@a.example Thu Jan  2 03:04:05 2020
From: ben@a.example
Message-ID: <2@a.example>
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/html; charset="utf-8"

<p>one &amp; two</p>
--x--
"""


def test_messages_of_a_mailbox(read, tmp_path):
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX)
    first, second = read(path).rows
    assert (first["item"], first["author"]) == ("1@a.example", "ann@a.example")
    assert first["text"] == "Grüße\n\nMy answer.\nFrom here on."
    assert first["created_at"].isoformat() == "2020-01-02T03:04:05+00:00"
    assert second["text"] == "one & two"


@pytest.mark.parametrize(
    "end",
    [
        "-- \nAnn A.\nTown of Pears\n",
        "--\nAnn A.\n",
        "-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <x>\n",
        "-----Original Message-----\nFrom: Ben\nSent: today\n\nWhat Ben wrote.\n",
        "________________________________\nFrom: Ben <b@a.example>\n\nWhat Ben wrote.\n",
        "---------- Forwarded message ---------\nFrom: Ben <b@a.example>\n\nWhat Ben wrote.\n",
        "-----Ursprüngliche Nachricht-----\nVon: Ben\n\nWhat Ben wrote.\n",
        "------------- Forwarded by Ben/HOU on 02/01/2020 --------\n\nWhat Ben wrote.\n",
        f"{'_' * 47}\npears mailing list\npears@a.example\nhttps://a.example/listinfo/pears\n",
        f"{'-' * 69}\nTo unsubscribe, e-mail: u@a.example\nFor more, e-mail: h@a.example\n",
        f"{'-' * 36}\nYahoo! Groups Links\n\n<*> To visit it, go to:\n    http://g.example/\n",
        "begin 644 a.gif\nM1TE&.#EA`0`!`(`\n`\nend\n",
    ],
)
def test_what_a_mail_ends_with_is_no_part_of_it(read, tmp_path, end):
    path = tmp_path / "a.mbox"
    answer = "My answer.\n\n-- not a signature\n\nBen wrote: nothing at all.\n"
    path.write_text(MAILBOX.replace("My answer.\n>From here on.\n", f"{answer}\n{end}"))
    assert read(path).column("text")[0] == f"Grüße\n\n{answer}".rstrip()


@pytest.mark.parametrize(
    "quoted",
    [
        "On Thu, 2 Jan 2020 at 03:04, Ben <ben@a.example> wrote:\n> what others said\n",
        "On Thu, 2 Jan 2020 at 03:04, Ben of the Pears <\nben@a.example> wrote:\n\n> others\n",
        "In article <7@a.example> ben@a.example writes:\n>what others said\n",
        "Am 02.01.2020 um 03:04 schrieb Ben <ben@a.example>:\n> what others said\n",
        "Le jeu. 2 janv. 2020 à 03:04, Ben <ben@a.example> a écrit\xa0:\n\n> others\n",
    ],
)
def test_whom_a_mail_quotes_is_no_part_of_it(read, tmp_path, quoted):
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX.replace("Ben wrote:\n> what others said\n", quoted))
    assert read(path).column("text")[0] == "Grüße\n\nMy answer.\nFrom here on."


def test_what_is_before_a_quotation_is_kept(read, tmp_path):
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX.replace("Ben wrote:", "On 2 January I sold pears.\nBen wrote:"))
    text = "Grüße\n\nOn 2 January I sold pears.\n\nMy answer.\nFrom here on."
    assert read(path).column("text")[0] == text


def test_what_a_page_in_a_mail_quotes_is_no_part_of_it(read, tmp_path):
    path = tmp_path / "a.mbox"
    own = "<p>one</p><blockquote>a poem</blockquote><p>two</p>"
    quotes = (
        '<div class="gmail_attr">Ben:</div><blockquote class="gmail_quote">a</blockquote>',
        '<blockquote type="cite">what<blockquote>others</blockquote>said</blockquote>',
        '<hr><div id="divRplyFwdMsg"><b>From:</b> Ben</div><div>what others said</div>',
    )
    for quote in quotes:
        path.write_text(MAILBOX.replace("<p>one &amp; two</p>", own + quote))
        assert read(path).column("text")[1] == "one\n\na poem\n\ntwo"


def test_marks_of_pgp_are_no_part_of_a_mail(read, tmp_path):
    path = tmp_path / "a.mbox"
    signed = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nMy answer.\n- -- \nAnn A.\n"
        "-----BEGIN PGP SIGNATURE-----\n\niQEz=\n-----END PGP SIGNATURE-----\n"
    )
    path.write_text(MAILBOX.replace("My answer.\n>From here on.\n", signed))
    assert read(path).column("text")[0] == "Grüße\n\nMy answer."


def test_a_long_text_below_the_mark_of_a_signature_is_read_at_once(read, tmp_path):
    path = tmp_path / "a.mbox"
    lines = "".join(f"line {number} of a long text\n" for number in range(40))
    path.write_text(MAILBOX.replace("My answer.\n", f"My answer.\n-- \n{lines}"))
    assert "line 39 of a long text" in read(path).column("text")[0]


@pytest.mark.parametrize(
    "header", ["X-Gmail-Labels: Opened,Spam", "X-Gmail-Labels: Drafts", "X-Spam-Flag: YES"]
)
def test_spam_and_drafts_in_a_mailbox_are_no_items(read, tmp_path, header):
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX.replace("Subject:", f"{header}\nSubject:"))
    found = read(path)
    assert found.column("item") == ["2@a.example"]
    assert found.skipped == {"not public": 1}


def test_messages_of_a_digest_are_items(read, tmp_path):
    path = tmp_path / "a.mbox"
    inner = (
        "--x\nContent-Type: message/rfc822\n\nFrom: {0}@a.example\nSubject: Pears\n"
        "Message-ID: <{0}@a.example>\n\nWords of {0}.\n\n"
    )
    path.write_text(
        "From a@a.example Thu Jan  2 03:04:05 2020\nFrom: list@a.example\nSubject: Digest 7\n"
        'Content-Type: multipart/mixed; boundary="y"\n\n--y\nContent-Type: text/plain\n\n'
        "Topics of today\n\n--y\n"
        'Content-Type: multipart/digest; boundary="x"\n\n'
        f"{inner.format('ann')}{inner.format('ben')}--x--\n\n--y--\n"
    )
    found = read(path)
    assert found.column("text") == ["Pears\n\nWords of ann.", "Pears\n\nWords of ben."]
    assert found.column("author") == ["ann@a.example", "ben@a.example"]


def test_a_paragraph_may_begin_as_a_separator(read, tmp_path):
    path = tmp_path / "a.mbox"
    path.write_text(MAILBOX.replace("My answer.\n>From here", "My answer.\n\nFrom here"))
    assert read(path).column("text")[0] == "Grüße\n\nMy answer.\n\nFrom here on."
    assert len(read(path).rows) == 2


def test_messages_of_usenet_may_begin_with_a_number(read, tmp_path):
    path = tmp_path / "rec.pears.mbox"
    head = (
        "From -6891477034\nX-Google-Thread: fb739\nFrom: ann@a.example\nMessage-ID: <{}>\n\n{}\n\n"
    )
    path.write_text(head.format("1@a", "One.") + head.format("2@a", "Two."))
    assert read(path).column("text") == ["One.", "Two."]


def test_a_single_message(read, tmp_path):
    path = tmp_path / "a.eml"
    path.write_text(MAILBOX.split("\n", 1)[1].split("\n\nFrom ben", maxsplit=1)[0])
    assert read(path).column("item") == ["1@a.example"]


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<entry><id>tag:a.example,2020:1</id><title>A title</title>
<link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/>
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/>
<published>2020-01-02T03:04:05+01:00</published><author><name>Ann</name></author>
<summary>short</summary><content type="html">&lt;p&gt;one &amp;amp; two&lt;/p&gt;</content></entry>
<entry><id>2</id></entry></feed>"""


def test_entries_of_a_feed(read, tmp_path):
    path = tmp_path / "feed.atom"
    path.write_text(ATOM)
    found = read(path)
    (row,) = found.rows
    assert (row["item"], row["url"]) == ("tag:a.example,2020:1", "https://a.example/1")
    assert (row["text"], row["author"]) == ("A title\n\none & two", "Ann")
    assert row["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (row["language"], row["created_at"].isoformat()) == ("en", "2020-01-02T02:04:05+00:00")
    assert found.skipped == {"empty text": 1}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("A lantern over the quay", "A lantern over the quay, and more"),
        ("A lantern over…", "A lantern over the quay, and more"),
        ("A kettle", "A kettle\n\nA lantern over the quay, and more"),
    ],
)
def test_a_title_that_repeats_the_beginning_is_left_out(read, tmp_path, title, text):
    path = tmp_path / "feed.xml"
    path.write_text(
        f"<rss version='2.0'><channel><item><guid>1</guid><title>{title}</title><description>"
        "&lt;p&gt;A lantern over the quay, and more</description></item></channel></rss>"
    )
    assert read(path).column("text") == [text]


def test_settings_and_drafts_of_blogger_are_no_items(read, tmp_path):
    def entry(number, kind, rest=""):
        scheme, kind = "http://s.example#kind", f"http://s.example/blogger#{kind}"
        category = f"<category scheme='{scheme}' term='{kind}'/>"
        return (
            f"<entry><id>{number}</id><published>2020-01-02T03:04:05Z</published>{category}{rest}"
            f"<title>title {number}</title><content type='html'>&lt;p&gt;text</content></entry>"
        )

    draft = "<app:control><app:draft>yes</app:draft></app:control>"
    path = tmp_path / "blog.xml"
    path.write_text(
        "<?xml version='1.0'?><?xml-stylesheet href='a.css' type='text/css'?>"
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:app='http://purl.org/atom/app#'>"
        + entry(1, "settings")
        + entry(2, "template")
        + entry(3, "post")
        + entry(4, "comment")
        + entry(5, "post", draft)
        + "</feed>"
    )
    found = read(path)
    assert found.column("text") == ["title 3\n\ntext", "title 4\n\ntext"]
    assert found.skipped == {"notice of the service": 2, "not public": 1}


def test_items_of_rss_have_their_creator_and_date(read, tmp_path):
    path = tmp_path / "feed.xml"
    path.write_text(
        '<rss version="2.0"><channel><language>de</language><item><title>T</title>'
        "<link>https://a.example/1</link><dc:creator>Ann</dc:creator>"
        "<pubDate>Thu, 02 Jan 2020 03:04:05 GMT</pubDate><description>short</description>"
        "<content:encoded><![CDATA[<p>long</p>]]></content:encoded></item></channel></rss>"
    )
    (row,) = read(path).rows
    assert (row["item"], row["text"], row["author"]) == ("https://a.example/1", "T\n\nlong", "Ann")
    assert (row["language"], row["created_at"].day) == ("de", 2)


def test_an_article_has_title_abstract_body_and_licence(read, tmp_path):
    path = tmp_path / "PMC5.xml"
    path.write_text(
        """<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "a.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="pmc">5</article-id>
<title-group><article-title>On <i>a</i> thing</article-title></title-group>
<contrib-group><contrib><name><surname>A</surname><given-names>Ann</given-names></name></contrib>
</contrib-group><pub-date><day>2</day><month>1</month><year>2020</year></pub-date>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"/></permissions>
<abstract><p>We show it.</p></abstract></article-meta></front>
<body><sec><title>x</title><p>First.</p><p>Second.</p></sec></body>
<back><ref-list><ref><p>not this</p></ref></ref-list></back></article>"""
    )
    (row,) = read(path).rows
    assert row["text"] == "On a thing\n\nWe show it.\n\nFirst.\n\nSecond."
    assert (row["item"], row["author"]) == ("PMC5", "Ann A")
    assert row["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert row["created_at"].isoformat() == "2020-01-02T00:00:00+00:00"


def test_citations_that_were_deleted_are_counted(read, tmp_path):
    path = tmp_path / "pubmed.xml"
    path.write_text(
        """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">7</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2020</Year><Month>Mar</Month></PubDate></JournalIssue>
</Journal><ArticleTitle>On a thing</ArticleTitle><Abstract><AbstractText>It is.</AbstractText>
</Abstract><AuthorList><Author><LastName>A</LastName><ForeName>Ann</ForeName></Author></AuthorList>
<Language>eng</Language></Article></MedlineCitation></PubmedArticle>
<DeleteCitation><PMID>8</PMID><PMID>9</PMID></DeleteCitation></PubmedArticleSet>"""
    )
    found = read(path)
    (row,) = found.rows
    assert (row["item"], row["text"]) == ("7", "On a thing\n\nIt is.")
    assert row["url"] == "https://pubmed.ncbi.nlm.nih.gov/7/"
    assert (row["author"], row["created_at"].month) == ("Ann A", 3)
    assert found.skipped == {"deletion notice": 2}


def test_articles_that_were_retracted_are_deletions(read, tmp_path):
    facts = {"license_code": "CC BY", "title": "On a thing", "version": 1}
    for number, is_retracted in ((5, True), (6, False)):
        entry = {"pmcid": f"PMC{number}", "is_retracted": is_retracted, **facts}
        (tmp_path / f"PMC{number}.1.json").write_text(json.dumps(entry, indent=number - 5 or None))
    found = read(tmp_path)
    assert found.rows == []
    (deleted,) = found.deletions
    assert (deleted["item"], deleted["reason"]) == ("PMC5", "retracted")
    assert found.skipped["metadata of an article, without its text"] == 1


@pytest.mark.parametrize("name", ["a.mbox", "b.eml", "c.rss"])
def test_folders_find_them(read, tmp_path, name):
    content = ATOM if name.endswith("rss") else MAILBOX
    (tmp_path / name).write_text(content)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    assert read(tmp_path).rows


def test_an_address_that_an_archive_hides_is_written_out(read, tmp_path):
    (tmp_path / "2020-September.txt").write_text(
        "From ann at a.example  Sun Sep 13 12:26:40 2020\n"
        "From: ann at a.example (Ann A.)\nMessage-ID: <1@a.example>\n\nall words\n"
    )
    assert read(tmp_path).column("author") == ["ann@a.example"]
