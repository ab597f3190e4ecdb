"""HTML to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.read.dumps.parsers.html_text import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("<p>One.</p>\n\n<p>Two.</p>\n", "One.\n\nTwo."),
        ("<p>a\nb   c</p>", "a b c"),
        ("first<br>second<br/>third", "first\nsecond\nthird"),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "one\ntwo"),
        ("<p>x &lt; y &amp;&amp; y &gt; z &#8212; &eacute;</p>", "x < y && y > z — é"),
        ("<p>Use <code>if a &lt; b:</code> here.</p>", "Use if a < b: here."),
        ("<pre><code>def f():\n    return 1\n\n\n\nf()\n</code></pre>",
         "def f():\n    return 1\n\n\n\nf()"),
        ("<p>before</p><pre>  a\n   b</pre><p>after</p>", "before\n\n  a\n   b\n\nafter"),
        ("<h1>Title</h1><blockquote><p>said</p></blockquote>", "Title\n\nsaid"),
        ('<a href="https://a.example">here</a>, and <strong>there</strong>', "here, and there"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<script>alert(1)</script><style>p {}</style>text", "text"),
        ("<p>never closed <b>bold", "never closed bold"),
        ("a < b and c > d", "a < b and c > d"),
        ("</pre></pre><p>a  b</p>", "a b"),
        ("<jats:title>Abstract</jats:title><jats:p>One.</jats:p><jats:p>Two.</jats:p>",
         "One.\n\nTwo."),
    ],
)  # fmt: skip
def test_html_reads_as_people_see_it(html, text):
    assert plain_text(html) == text


PIECES = st.sampled_from(
    [
     "<p>", "</p>", "<br>", "<br/>", "<P>", "<pre>", "</pre>", "<li >", "</li>", "<hr />",
     "<!-- c", "-->", '<a href="x">', "<a href='<'>", "<b", "<", ">", "&lt;", "&amp", "&#10;", "\n",
     "  ", "a",
     "</", "<script>", "</script>", "<td>", "<title>", "<![CDATA[", "<?x", 'b="c"', "<pre/>",
     "<jats:p>", "</jats:p>", "<j:title>", "</J:Title>", '<a x:b="c">', "<j:pre>", "</j:script>",
     ":"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join))
def test_the_short_way_gives_what_the_parser_gives(html):
    assert plain_text(html) == plain_text(f"<!-- parse it -->{html}")


@given(st.text(max_size=60))
def test_no_html_is_too_broken(html):
    found = plain_text(html)
    assert found == found.strip()


@given(st.lists(st.text("abc \n<&\0 é", min_size=1, max_size=9), min_size=1, max_size=4))
def test_code_is_kept_as_it_is(parts):
    escaped = "".join(part.replace("&", "&amp;").replace("<", "&lt;") for part in parts)
    assert plain_text(f"<pre>{escaped}</pre>") == "".join(parts).strip()
