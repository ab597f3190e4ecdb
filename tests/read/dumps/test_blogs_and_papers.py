"""Exports of blogs, feeds in JSON, metadata of papers, pages of interfaces."""

import json

TEXT = "The lantern keeper lit eleven lamps along the quay before the tide came in that evening."
MORE = "Three millers argued about the weight of a wet sack of barley until the lamps were out."


def wordpress(*items):
    return (
        '<rss version="2.0" xmlns:content="c" xmlns:dc="d" xmlns:wp="w"><channel>'
        + "".join(
            f"<item><title>Quays</title><link>https://b.example/{n}</link>"
            f"<guid>g{n}</guid><content:encoded><![CDATA[<p>{TEXT}</p>]]></content:encoded>"
            f"<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>{item}</item>"
            for n, item in enumerate(items)
        )
        + "</channel></rss>"
    )


def comment(number, text, approved="1", kind="comment"):
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>Bo</wp:comment_author>"
        f"<wp:comment_date_gmt>2024-01-03 03:04:05</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved>"
        f"<wp:comment_type>{kind}</wp:comment_type></wp:comment>"
    )


def test_posts_of_wordpress_under_a_password_are_not_public(read, tmp_path):
    (tmp_path / "b.xml").write_text(
        wordpress("<wp:post_password></wp:post_password>", "<wp:post_password>x</wp:post_password>")
    )

    found = read(tmp_path / "b.xml")

    assert found.column("item") == ["g0"]
    assert found.skipped == {"not public": 1}


def test_what_extensions_of_wordpress_keep_is_no_text(read, tmp_path):
    post = wordpress("").replace(f"<p>{TEXT}", f"[vc_row a=&quot;b&quot;]<p>{TEXT} [sic]")
    parts = ("wp_navigation", "wp_global_styles", "feedback")
    others = [wordpress("").replace(">post<", f">{part}<") for part in parts]
    items = "".join(text.partition("<channel>")[2].partition("</channel>")[0] for text in others)
    (tmp_path / "b.xml").write_text(post.replace("</channel>", f"{items}</channel>"))

    found = read(tmp_path / "b.xml")

    assert found.column("text") == [f"Quays\n\n{TEXT} [sic]"]
    assert found.skipped == {"notice of the service": 3}


def feed(items, before=""):
    (item, root) = ("item", "rss") if "<item>" in items else ("entry", "feed")
    inner = f"<channel>{before}{items}</channel>" if item == "item" else before + items
    return f'<{root} xmlns:dc="d">{inner}</{root}>'


def test_where_a_post_first_appeared_is_no_part_of_it(read, tmp_path):
    for said in ("first appeared", "appeared first"):
        end = (
            f"&lt;p&gt;The post &lt;a&gt;Quays&lt;/a&gt; {said} on &lt;a&gt;B&lt;/a&gt;.&lt;/p&gt;"
        )
        text = f"<description>&lt;p&gt;{TEXT}&lt;/p&gt;\n{end}</description>"
        (tmp_path / "b.xml").write_text(feed(f"<item><guid>1</guid>{text}</item>"))
        assert read(tmp_path / "b.xml").column("text") == [TEXT]


def test_the_author_of_a_feed_is_that_of_its_entries(read, tmp_path):
    entries = (
        f"<entry><id>1</id><content>{TEXT}</content></entry>"
        f"<entry><id>2</id><content>{MORE}</content><author><name>Bo</name></author></entry>"
        f"<entry><id>3</id><content>{MORE}</content><source><id>of others</id></source></entry>"
    )
    owner = "<author><name>Ann</name><uri>https://a.example</uri></author>"
    (tmp_path / "b.xml").write_text(feed(entries, owner))
    assert read(tmp_path / "b.xml").column("author") == ["Ann", "Bo", None]


def test_posts_of_x_in_feeds_of_nitter_are_their_authors(read, tmp_path):
    items = "".join(
        f"<item><title>{mark}{TEXT}</title><dc:creator>@{author}</dc:creator>"
        f"<guid>https://n.example/{author}/status/12{n}#m</guid>"
        f"<description>&lt;p&gt;{TEXT}&lt;/p&gt;</description></item>"
        for n, (mark, author) in enumerate(
            (("", "ann"), ("RT by @ann: ", "bo"), ("R to @c: ", "d"))
        )
    )
    (tmp_path / "b.rss").write_text(feed(items))
    found = read(tmp_path / "b.rss")
    assert found.column("text") == [TEXT] * 3
    assert found.column("author") == ["ann", "bo", "d"]
    assert found.column("item") == ["120", "121", "122"]


def test_feeds_of_reddit_and_youtube_are_read_without_what_is_around_texts(read, tmp_path):
    end = "submitted by /u/ann to r/quays [link] [comments]"
    entries = (
        f"<entry><author><name>/u/ann</name></author><title>Quays</title><id>t3_a</id>"
        f"<content>{TEXT} {end}</content></entry>"
        f"<entry><author><name>/u/ann</name></author><title>More</title><id>t3_b</id>"
        f"<content>{end}</content></entry>"
        f"<entry><author><name>Bo</name></author><title>Quays</title><id>yt:video:c</id>"
        f"<media:group><media:description>{MORE}</media:description></media:group></entry>"
    )
    (tmp_path / "b.xml").write_text(feed(entries).replace("<feed", '<feed xmlns:media="m"'))
    found = read(tmp_path / "b.xml")
    assert found.column("text") == [f"Quays\n\n{TEXT}", "More", f"Quays\n\n{MORE}"]
    assert found.column("author") == ["ann", "ann", "Bo"]


def test_approved_comments_of_wordpress_are_items_of_their_authors(read, tmp_path):
    comments = (comment(4, MORE), comment(5, "spam", "0"), comment(6, "ping", kind="pingback"))
    (tmp_path / "b.xml").write_text(wordpress("".join(comments)))

    found = read(tmp_path / "b.xml")

    assert found.column("text") == [f"Quays\n\n{TEXT}", MORE]
    assert found.rows[1]["item"] == "g0#comment-4"
    assert found.rows[1]["url"] == "https://b.example/0#comment-4"
    assert found.rows[1]["author"] == "Bo"
    assert str(found.rows[1]["created_at"]) == "2024-01-03 03:04:05+00:00"
    assert found.skipped == {"not public": 1, "notice of the service": 1}


def test_of_an_export_of_blogger_only_what_is_published_is_read(read, tmp_path):
    def entry(number, kind, more=""):
        return (
            f"<entry><id>{number}</id><published>2024-01-02T03:04:05.000+01:00</published>{more}"
            '<category scheme="http://schemas.google.com/g/2005#kind" '
            f'term="http://schemas.google.com/blogger/2008/kind#{kind}"/>'
            f'<title/><content type="html">{TEXT}</content></entry>'
        )

    def newer(number, kind, status):
        return (
            f"<entry><id>{number}</id><blogger:type>{kind}</blogger:type>"
            f"<blogger:status>{status}</blogger:status><content>{TEXT}</content></entry>"
        )

    draft = "<app:control xmlns:app='a'><app:draft>yes</app:draft></app:control>"
    (tmp_path / "feed.atom").write_text(
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<?xml-stylesheet href='http://www.blogger.com/styles/atom.css' type='text/css'?>"
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:blogger='b'>"
        + entry(1, "template")
        + entry(2, "settings")
        + entry(3, "post")
        + entry(4, "comment")
        + entry(5, "post", draft)
        + newer(6, "POST", "LIVE")
        + newer(7, "POST", "DRAFT")
        + "</feed>"
    )

    found = read(tmp_path / "feed.atom")

    assert found.column("item") == ["3", "4", "6"]
    assert str(found.rows[0]["created_at"]) == "2024-01-02 02:04:05+00:00"
    assert found.skipped == {"notice of the service": 2, "not public": 2}


def test_all_authors_of_an_entry_are_named(read, tmp_path):
    (tmp_path / "a.xml").write_text(
        f"<feed><entry><id>1</id><title>Quays</title><summary>{TEXT}</summary>"
        "<author><name>Ann</name></author><author><name>Bo</name></author></entry></feed>"
    )

    assert read(tmp_path / "a.xml").column("author") == ["Ann, Bo"]


def test_abstracts_of_wikipedia_have_title_and_address(read, tmp_path):
    (tmp_path / "a.xml").write_text(
        "<feed><doc><title>Wikipedia: Quay</title><url>https://en.wikipedia.org/wiki/Quay</url>"
        f"<abstract>{TEXT}</abstract><links><sublink><anchor>History</anchor></sublink></links>"
        "</doc></feed>"
    )

    [found] = read(tmp_path / "a.xml").rows

    assert found["text"] == f"Quay\n\n{TEXT}"
    assert found["url"] == "https://en.wikipedia.org/wiki/Quay"


def test_a_feed_in_json_has_content_of_either_kind(read, tmp_path):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A blog",
        "language": "en",
        "authors": [{"name": "Mira"}],
        "items": [
            {
                "id": "https://b.example/a",
                "title": "Quays",
                "content_html": f"<p>{TEXT}</p>",
                "summary": "Of quays.",
                "date_published": "2024-01-02T03:04:05+02:00",
            },
            {"id": 2, "url": "u", "content_text": MORE, "authors": [{"name": "Bo"}]},
        ],
    }
    (tmp_path / "feed.json").write_text(json.dumps(feed))

    first, second = read(tmp_path / "feed.json").rows

    assert (first["text"], second["text"]) == (f"Quays\n\n{TEXT}", MORE)
    assert (first["url"], second["url"]) == ("https://b.example/a", "u")
    assert (first["author"], second["author"]) == ("Mira", "Bo")
    assert str(first["created_at"]) == "2024-01-02 01:04:05+00:00"


def test_the_abstract_of_a_work_is_put_in_order(read, tmp_path, lines):
    work = {
        "id": "https://openalex.org/W1",
        "title": "Quays",
        "abstract_inverted_index": {"lamps": [1, 3], "Eleven": [0], "and": [2]},
        "publication_date": "2020-02-03",
        "created_date": "2024-01-01",
        "language": "en",
        "doi": "https://doi.org/10.1/x",
        "primary_location": {"license": "cc-by", "landing_page_url": "https://l.example/1"},
        "authorships": [{"author": {"display_name": "Ann"}}, {"author": {"display_name": "Bo"}}],
    }
    retracted = work | {"id": "https://openalex.org/W2", "is_retracted": True}
    (tmp_path / "part_000").write_text(lines([work, retracted]))

    found = read(tmp_path)

    [row] = found.rows
    assert row["text"] == "Quays\n\nEleven lamps and lamps"
    assert str(row["created_at"])[:10] == "2020-02-03"
    assert (row["author"], row["licence"]) == ("Ann, Bo", "cc-by")
    assert row["url"] == "https://l.example/1"
    assert [deletion["item"] for deletion in found.deletions] == ["https://openalex.org/W2"]


def test_works_of_crossref_have_title_abstract_day_and_licence(read, tmp_path):
    work = {
        "DOI": "10.1/x",
        "publisher": "p",
        "title": ["On <i>quays</i>"],
        "abstract": f"<jats:title>Abstract</jats:title><jats:p>{TEXT}</jats:p>",
        "created": {"date-time": "2024-02-03T01:02:03Z"},
        "published": {"date-parts": [[2020, 2]]},
        "author": [{"given": "Ann", "family": "Quay"}, {"name": "The Millers"}],
        "license": [{"URL": "https://creativecommons.org/licenses/by/4.0/"}],
    }
    two = [{"URL": "https://l.example/tdm"}, *work["license"]]
    items = [work, work | {"DOI": "10.1/y", "license": two, "published": {"date-parts": [[None]]}}]
    (tmp_path / "w.json").write_text(json.dumps({"message": {"items": items}}))

    first, second = read(tmp_path / "w.json").rows

    assert first["text"] == f"On quays\n\n{TEXT}"
    assert (first["item"], first["author"]) == ("10.1/x", "Ann Quay, The Millers")
    assert str(first["created_at"])[:10] == "2020-02-01"
    assert first["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert (second["licence"], second["created_at"]) == (None, None)


def test_paragraphs_within_paragraphs_are_read_once(read, tmp_path):
    (tmp_path / "a.nxml").write_text(
        "<article><front><article-meta><article-id pub-id-type='pmc'>5</article-id>"
        "<title-group><article-title>Quays</article-title></title-group></article-meta></front>"
        "<body><p>Lamps: <list><list-item><p>eleven</p></list-item></list></p></body></article>"
    )

    assert read(tmp_path).column("text") == ["Quays\n\nLamps: eleven"]


def test_a_span_of_months_is_dated_by_its_beginning(read, tmp_path):
    (tmp_path / "p.xml").write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article><Journal>"
        "<JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>"
        "</JournalIssue></Journal><ArticleTitle>Quays</ArticleTitle></Article></MedlineCitation>"
        "</PubmedArticle></PubmedArticleSet>"
    )

    assert str(read(tmp_path / "p.xml").rows[0]["created_at"])[:10] == "1998-12-01"


def test_posts_of_the_api_have_the_ids_of_the_dump(read, tmp_path):
    post = {
        "owner": {"display_name": "Mira"},
        "creation_date": 1_300_000_000,
        "link": "https://lamps.stackexchange.com/q/1",
        "body": f"<p>{TEXT}</p>",
    }
    items = [
        post | {"question_id": 1, "title": "A &amp; B", "content_license": "CC BY-SA 4.0"},
        post | {"question_id": 1, "answer_id": 2, "title": "A"},
        post | {"comment_id": 3, "post_id": 1},
        {name: value for name, value in post.items() if name != "body"} | {"question_id": 4},
    ]
    (tmp_path / "p.json").write_text(json.dumps({"items": items, "has_more": False}))

    found = read(tmp_path / "p.json")

    site = "lamps.stackexchange.com"
    assert found.column("item") == [f"{site}/1", f"{site}/2", f"{site}/comment-3"]
    assert found.column("text") == [f"A & B\n\n{TEXT}", TEXT, TEXT]
    assert found.column("licence") == ["CC BY-SA 4.0", "CC BY-SA 2.5", "CC BY-SA 2.5"]
    assert any("filter=withbody" in reason for reason in found.skipped)


def test_answers_within_a_question_of_the_api_are_read(read, tmp_path):
    post = {"owner": {"display_name": "Mira"}, "creation_date": 1_300_000_000}
    comment = post | {"comment_id": 3, "body": f"{TEXT} c"}
    answer = post | {"answer_id": 2, "body": f"{TEXT} a", "comments": [comment]}
    question = post | {"question_id": 1, "body": TEXT, "title": "A", "answers": [answer]}
    question["link"] = "https://lamps.stackexchange.com/q/1"
    (tmp_path / "p.json").write_text(json.dumps({"items": [question]}))

    found = read(tmp_path / "p.json")

    site = "lamps.stackexchange.com"
    assert found.column("item") == [f"{site}/1", f"{site}/2", f"{site}/comment-3"]
    assert found.column("text") == [f"A\n\n{TEXT}", f"{TEXT} a", f"{TEXT} c"]
    assert found.column("url") == [question["link"], f"https://{site}/a/2", None]


def test_events_of_github_give_what_was_written_once(read, tmp_path, lines):
    about = {"id": 11, "title": "Quays", "body": TEXT, "html_url": "h", "user": {"login": "mira"}}
    event = {
        "id": "1",
        "type": "IssuesEvent",
        "actor": {"login": "closer"},
        "repo": {"name": "a/b"},
        "payload": {"action": "closed", "issue": about},
        "created_at": "2024-01-02T03:04:05Z",
    }
    said = {"id": 12, "body": MORE, "html_url": "c", "user": {"login": "bo"}}
    events = [
        event,
        event | {"type": "IssueCommentEvent", "payload": {"issue": about, "comment": said}},
        event
        | {
            "type": "IssueCommentEvent",
            "payload": {"action": "deleted", "issue": about, "comment": said},
        },
        event | {"type": "PushEvent", "payload": {"commits": [{"message": "m"}]}},
    ]
    (tmp_path / "2024-01-02-3.json").write_text(lines(events))

    found = read(tmp_path / "2024-01-02-3.json")

    assert found.column("text") == [f"Quays\n\n{TEXT}", MORE]
    assert found.column("item") == ["issue/11", "comment/12"]
    assert found.column("author") == ["mira", "bo"]
    assert found.skipped == {"not a post": 2}


def test_the_title_of_a_page_is_no_text_of_an_article(read, tmp_path, lines):
    article = {
        "name": "Quay",
        "identifier": 1,
        "url": "https://en.wikipedia.org/wiki/Quay",
        "is_part_of": {"identifier": "enwiki"},
        "article_body": {
            "html": f"<html><head><title>Quay</title></head><body><p>{TEXT}</p></body></html>"
        },
    }
    (tmp_path / "e.ndjson").write_text(lines([article]))

    assert read(tmp_path / "e.ndjson").column("text") == [f"Quay\n\n{TEXT}"]
