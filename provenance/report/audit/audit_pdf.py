"""An answer to a rights-holder as PDF, typeset by typst on this machine."""

import json

from provenance.errors import OutputError
from provenance.model.records.audit import Audit
from provenance.report.audit.audit_text import DRAFT, STANDINGS, title, withheld
from provenance.report.sanitize import one_line

# Texts come as data, so that nothing in them is markup. Without a date, the same answer gives the
# same bytes.
_TEMPLATE = """\
#let audit = json(bytes(sys.inputs.audit))
#set document(title: audit.title, date: none)
#set page(
  paper: "a4",
  margin: 2cm,
  numbering: "1 / 1",
  header: if audit.draft != "" { align(center, text(9pt, weight: "bold", audit.draft)) },
)
#set text(size: 10pt, lang: "en")
#title()
Each line says how it is known:
#list(..audit.standings.map(each => [#strong(each.at(0)): #each.at(1)]))
#audit.withheld
#for section in audit.sections {
  heading(str(section.number) + ". " + section.title)
  table(
    columns: (auto, 6.5em, 1fr, 7em),
    stroke: (x, y) => (bottom: 0.4pt + gray),
    align: left,
    table.header([*Line*], [*How known*], [*What*], [*Rests on*]),
    ..section.lines.flatten(),
  )
}
"""


def check_library() -> None:
    """Raise `OutputError` if PDFs cannot be written, before any work."""
    try:
        import typst  # noqa: F401, PLC0415 (an extra)
    except ImportError as error:
        raise OutputError(
            "the library that writes PDFs is missing",
            remedy="install it with: pip install 'corpus-provenance[pdf]'; or print audit.html",
        ) from error


def pdf(audit: Audit) -> bytes:
    """Render an answer as PDF; needs the extra `pdf`."""
    import typst  # noqa: PLC0415 (an extra)

    content = {
        "title": one_line(title(audit)),
        "withheld": withheld(audit),
        "draft": "" if audit.request.stated_name else DRAFT,
        "standings": [[str(standing), meaning] for standing, meaning in STANDINGS.items()],
        "sections": [
            {
                "number": section.number,
                "title": section.title,
                "lines": [
                    [
                        f"{section.number}.{place}",
                        str(line.standing),
                        one_line(line.text),
                        one_line(", ".join(line.rests_on)),
                    ]
                    for place, line in enumerate(section.statements, 1)
                ],
            }
            for section in audit.sections
        ],
    }
    inputs = {"audit": json.dumps(content)}
    return bytes(typst.compile(_TEMPLATE.encode(), format="pdf", sys_inputs=inputs))
