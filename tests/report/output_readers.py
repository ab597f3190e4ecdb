"""What each format's readers do with a file: nothing in it may act that others wrote.

`OWNED` marks what hostile texts would start, so that no markup of our own is taken for theirs.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from xml.etree import ElementTree as ET

import yaml
from markdown_it import MarkdownIt

from provenance.terminal_safety import HIDDEN
from tests.report.formats.html_parser import Page

OWNED = "owned"
_ACTING = re.compile(f"[{HIDDEN}]")
_FORMULA = re.compile(
    "(^|[;|])(?:[^\\w';|]|[_\u115f\u1160\u3164\uffa0])*[-=+@\uff1d\uff0b\uff0d\uff20]"
)
_COMMAND = re.compile(r"\s*(?:::[a-z-]+|##\[)")
_ANNOTATION = re.compile(
    r"::(error|warning|notice) file=[^,:\n]*,line=\d+(,endLine=\d+)?,title=[^,:\n]*::[^\n]*"
)
_OUR_TAGS = re.compile(r"<details>\n<summary>[\w (),]+</summary>|</details>|</?sub>")
_PDF_ACTIONS = re.compile(
    rb"/(?:JavaScript|JS|URI|Launch|OpenAction|AA|GoToR|SubmitForm|EmbeddedFile|RichMedia)\b"
)
_EVENT = re.compile(r"on[a-z]+|style|srcdoc|formaction")
_ADDRESS = re.compile(r"https?://|#|mailto:")
_MENTION = re.compile(r"(?<![&\w])[@#]\w|\w://|www\.")

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
MARKDOWN.validateLink = lambda _: True  # type: ignore[method-assign]  # other renderers check none


def read_text(text: str) -> None:
    """Read lines as a terminal and a runner of jobs do."""
    assert _ACTING.findall(text) == []
    assert [line for line in text.splitlines() if _COMMAND.match(line)] == []


def read_markdown(text: str) -> None:
    """Read Markdown as renderers do that show HTML and check no address."""
    assert _ACTING.findall(text) == []
    if text.startswith("---\n"):
        _, head, text = text.split("---\n", 2)
        assert isinstance(yaml.safe_load(head), dict)
    assert re.findall(rf"<(?!https?:)[a-z/!][^>\n]*{OWNED}", text, re.IGNORECASE) == [], (
        "also in code"
    )
    before = ""
    for token in MARKDOWN.parse(text):
        for part in (token, *(token.children or ())):
            _check_token(part.type, part.content, part.attrs)
        assert not (before == "heading_open" and token.content.startswith(OWNED)), token.content
        before = token.type


def _check_token(kind: str, content: str, attributes: dict[str, object]) -> None:
    if kind.startswith("html_"):
        assert _OUR_TAGS.sub("", content).strip() == "", content
    elif kind == "link_open":
        assert _ADDRESS.match(str(attributes["href"])), attributes
    elif kind == "text":
        assert not _MENTION.search(content), content
    assert kind not in {"image", "hr"}, content
    assert not (kind in {"fence", "code_block"} and OWNED in content), content


def read_html(text: str) -> None:
    """Read a page as a browser does."""
    assert _ACTING.findall(text) == []
    for tag, attributes in Page(text).elements:
        assert OWNED not in attributes, (tag, attributes)
        assert tag not in {"iframe", "object", "embed", "base", "form", "img"}
        assert not [name for name in attributes if _EVENT.fullmatch(name)], (tag, attributes)
        for name in ("href", "src"):
            assert _ADDRESS.match(attributes.get(name) or "#"), (tag, attributes)
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL)
    for kind, script in scripts:
        if "json" in kind:
            json.loads(script)
        else:
            assert OWNED not in script


def read_csv(text: str) -> None:
    """Read a table as a spreadsheet does."""
    assert _ACTING.findall(text) == []
    rows = list(csv.reader(io.StringIO(text)))
    assert len({len(row) for row in rows}) == 1, "no cell begins a row"
    assert len(rows) == text.count("\n")
    assert [cell for row in rows for cell in row if _FORMULA.search(cell)] == []


def read_json(text: str) -> None:
    """Read JSON, which a terminal may show."""
    assert _ACTING.findall(text) == []
    json.loads(text)


def read_json_lines(text: str) -> None:
    """Read lines of JSON."""
    for line in text.split("\n")[:-1]:
        read_json(line)


def read_xml(text: str) -> None:
    """Read XML."""
    assert _ACTING.findall(text) == []
    assert OWNED not in {name for each in ET.fromstring(text).iter() for name in each.attrib}


def read_annotations(text: str) -> None:
    """Read commands to a runner of jobs: each is one of ours."""
    assert _ACTING.findall(text) == []
    assert [line for line in text.splitlines() if not _ANNOTATION.fullmatch(line)] == []


def read_toml(text: str) -> None:
    """Read TOML."""
    assert _ACTING.findall(text) == []
    assert OWNED not in tomllib.loads(text)


def read_outputs(text: str) -> dict[str, str]:
    """Read the outputs of a step as a runner does."""
    found, lines = {}, text.split("\n")
    while lines:
        line = lines.pop(0)
        if heredoc := re.match(r"([^=<]*)<<(.*)", line):
            end = lines.index(heredoc[2])
            found[heredoc[1]] = "\n".join(lines[:end])
            lines = lines[end + 1 :]
        elif line:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def read_pdf(content: bytes) -> None:
    """Read a document as a viewer does: nothing in it is run, opened, sent or attached."""
    assert content.startswith(b"%PDF-")
    assert b"/ObjStm" not in content, "objects are packed, and are not read here"
    objects = re.sub(rb"(?s)stream\r?\n.*?endstream", b"", content)
    assert b"/Type/Page" in objects
    assert _PDF_ACTIONS.findall(objects) == []


READERS: dict[str, Callable[[str], object]] = {
    "terminal": read_text,
    "txt": read_text,
    "markdown": read_markdown,
    "obligations": read_markdown,
    "letter": read_markdown,
    "md": read_markdown,
    "eu-summary": read_markdown,
    "eu-self-check": read_markdown,
    "dataset-card": read_markdown,
    "ab-2013": read_markdown,
    "html": read_html,
    "json": read_json,
    "sarif": read_json,
    "eu-summary-json": read_json,
    "ab-2013-json": read_json,
    "croissant": read_json,
    "cyclonedx": read_json,
    "spdx": read_json,
    "jsonl": read_json_lines,
    "ndjson": read_json_lines,
    "csv": read_csv,
    "attribution": read_csv,
    "eu-domains": read_csv,
    "junit": read_xml,
    "xml": read_xml,
    "github": read_annotations,
    "log": read_annotations,
    "toml": read_toml,
}
"""By the names of formats, and by the suffixes of files."""
