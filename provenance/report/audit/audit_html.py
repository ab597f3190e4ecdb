"""An answer to a rights-holder as one HTML file, without scripts and without anything fetched."""

from jinja2 import Environment

from provenance.model.records.audit import Audit
from provenance.report.audit.audit_text import DRAFT, STANDINGS, title, withheld
from provenance.report.sanitize import one_line

_TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title | line }}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.draft { border: 2px solid; padding: .5rem 1rem; font-weight: bold; text-align: center; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border-bottom: 1px solid #8888; padding: .3rem .6rem .3rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
th { overflow-wrap: normal; }
th:nth-child(1) { width: 3.5rem; }
th:nth-child(2) { width: 9.5rem; }
th:nth-child(4) { width: 10rem; }
@media (max-width: 40rem) {
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr { border-bottom: 1px solid #8888; padding: .5rem 0; }
  td { border: 0; padding: 0; }
  td:nth-child(-n+2) { display: inline-block; margin-right: .75rem; font-weight: bold; }
  td:nth-child(4):not(:empty)::before { content: "Rests on: "; }
}
@media print { body { margin: 0; font-size: 10pt; } tr { break-inside: avoid; } }
</style>
</head>
<body>
{% if not audit.request.stated_name %}<p class="draft">{{ draft }}</p>{% endif %}
<h1>{{ title | line }}</h1>
<p>Each line says how it is known:</p>
<ul>
{% for standing, meaning in standings.items() %}
<li><strong>{{ standing }}</strong>: {{ meaning }}</li>
{% endfor %}
</ul>
{% if withheld %}<p>{{ withheld }}</p>
{% endif %}
{% for section in audit.sections %}
<h2 id="point-{{ section.number }}">{{ section.number }}. {{ section.title }}</h2>
<table>
<thead><tr><th scope="col">Line</th><th scope="col">How known</th><th scope="col">What</th>
<th scope="col">Rests on</th></tr></thead>
<tbody>
{% for line in section.statements %}
<tr id="line-{{ section.number }}-{{ loop.index }}"><td>{{ section.number }}.{{ loop.index }}</td>
<td>{{ line.standing }}</td><td>{{ line.text | line }}</td>
<td>{{ line.rests_on | join(", ") | line }}</td></tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
</body>
</html>
"""


def html(audit: Audit) -> str:
    """Render an answer as HTML."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["line"] = one_line
    template = environment.from_string(_TEMPLATE)
    values = {"title": title(audit), "withheld": withheld(audit)}
    return template.render(audit=audit, draft=DRAFT, standings=STANDINGS, **values) + "\n"
