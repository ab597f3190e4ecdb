"""Rendering of pages without network access: templates, escaping filters, security policy."""

import base64
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from provenance import terminal_safety
from provenance.report import sanitize
from provenance.report.aggregates.charts import share_bar, stack_segments, timeline_bar
from provenance.report.aggregates.top_findings import Excerpt, Span, cut_excerpt
from provenance.report.formats.html_template_cache import TemplateCache
from provenance.report.sanitize import safe_url
from provenance.report.text import (
    caveats,
    coverage_text,
    number_format,
    origin_sentences,
    sentences,
    unread_text,
)
from provenance.report.text.observations import observation_sentences
from provenance.report.text.policy_notes import excuse, last_day
from provenance.terminal_safety import escape_text

_EXCERPT, _LEAD = 600, 160
"""In code points: limit of an excerpt in the list, and text before its first matched word."""

_LONGEST = 10_000
"""Limit of any other untrusted text in code points."""

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_CODE = re.compile(r"(?<![\w-])--[a-z][a-z-]*|\[\[[a-z]+\]\]")
"""Options, and tables of a policy."""
_LOADER = PackageLoader("provenance.report")
_FIGURES = (
    *("count", "date_span", "day", "exact_percent", "interval"),
    *("number", "percent", "period", "rarity", "size", "timestamp"),
)


def render_page(
    template: str, styles: Sequence[str], scripts: Sequence[str], context: Mapping[str, Any]
) -> str:
    """Render a page that contains its style sheets and scripts, and runs no others.

    Parameters
    ----------
    template : str
        Name of the template.
    styles, scripts : sequence of str
        Names of the style sheets, and of the scripts; without scripts, the page runs nothing.
    context : mapping of str to Any
        Values for the template; all are escaped, except those of `script_data`.

    Returns
    -------
    str
        HTML.
    """
    style = "\n".join(map(_source, styles))
    script = "\n".join(('"use strict";', *map(_source, scripts))) if scripts else None
    assets = {
        "style": _trust(style),
        "script": script and _trust(script),
        "content_policy": content_security_policy(style, script),
    }
    return _environment().get_template(template).render({**context, **assets})


def script_data(text: str) -> Markup:
    r"""Escape JSON for a script element.

    Parameters
    ----------
    text : str
        JSON. It has these characters only in strings, where an escape is equivalent.

    Examples
    --------
    >>> print(script_data('["</script>"]'))
    ["\u003c/script\u003e"]
    """
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return _trust(text)


def content_security_policy(style: str, script: str | None) -> str:
    """Return the Content-Security-Policy of a page without network access.

    Parameters
    ----------
    style, script : str, str or None
        Exact content of its style element and of its script element, if it has one.

    Returns
    -------
    str
        Allows both by digest, so that no injected style or script runs, even if an escape was
        forgotten.

    Examples
    --------
    >>> content_security_policy("", None).split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest_source(style)}",
            f"script-src {_digest_source(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest_source(text: str | None) -> str:
    if text is None:
        return "'none'"
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=_LOADER,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Compilation takes as long as the rest of a report.
        bytecode_cache=_template_cache(),
        # Control characters in any printed value become visible.
        finalize=_display,
    )
    environment.globals.update(sentences=sentences, caveats=caveats, coverage_text=coverage_text)
    environment.globals.update(origins=origin_sentences, observations=observation_sentences)
    environment.globals.update(registry_gap=unread_text.registry_gap, unread_text=unread_text)
    environment.filters.update({name: getattr(number_format, name) for name in _FIGURES})
    environment.filters.update(
        share_bar=share_bar, stack_segments=stack_segments, timeline_bar=timeline_bar
    )
    environment.filters.update(cut_excerpt=_cut_excerpt, prose=_prose, safe_url=safe_url)
    environment.filters.update(excuse=excuse, last_day=last_day, breakable=_breakable)
    return environment


def _template_cache() -> TemplateCache | None:
    """Return a cache keyed by the code that affects compilation; None if that cannot be read."""
    modules = (sys.modules[__name__], number_format, sanitize, terminal_safety)
    try:
        ours = "".join(Path(str(one.__file__)).read_text("utf-8") for one in modules)
        return TemplateCache(f"{version('jinja2')} {ours}".encode())
    except (OSError, UnicodeDecodeError, PackageNotFoundError):
        return None


def _trust(text: str) -> Markup:
    """Mark a trusted text as safe: our own files, and data that is escaped for a script."""
    return Markup(text)  # noqa: S704 (no unescaped untrusted text)


@cache
def _source(name: str) -> str:
    """Return the content of a style sheet or script."""
    return _LOADER.get_source(_environment(), name)[0]


def _display(value: Any) -> str:
    if isinstance(value, Markup):
        return value
    return escape_text(_shorten(str(value)))  # gates contain names of sources


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _breakable(address: str) -> Markup:
    """Escape an address, and allow line breaks after its parts."""
    return Markup("<wbr>").join(re.split(r"(?<=[^:/][/_#])", escape_text(_shorten(address))))


def _prose(text: str) -> Markup:
    """Escape a text; mark what is typed and text in backticks as code, and dates as unbreakable."""
    parts = [Markup.escape(escape_text(part)) for part in _shorten(text).split("`")]
    if len(parts) % 2 == 0:  # an unpaired backtick stays literal
        parts[-2:] = [parts[-2] + "`" + parts[-1]]
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else _mark_dates_and_code(part)
        for number, part in enumerate(parts)
    )


def _mark_dates_and_code(text: Markup) -> Markup:
    days = _DAY.sub(r'<span class="dates">\g<0></span>', str(text))
    return _trust(_CODE.sub(r'<code class="option">\g<0></code>', days))


def _cut_excerpt(text: str, marks: tuple[Span, ...]) -> Excerpt:
    return cut_excerpt(text, marks, _LEAD, _EXCERPT)
