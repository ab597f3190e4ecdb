"""A folder in which somebody else has named everything: files, items, sources, facts, people."""

import json
import re
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import yaml

from provenance.signing import create_key
from tests.cli.commandline import Done, provenance
from tests.cli.ledgers.audits import sentence, write
from tests.report.hostile_texts import HOSTILE_TEXTS, NAME, file_name

DATA, LATER, POSTS, RULES = (f"{word}{NAME}" for word in ("data", "later", "posts.", "rules"))
REGISTRY, REPORT, LEDGER, POLICY = (f"{w}{NAME}" for w in ("reg", "report", "ledger", "policy"))
POSTS, POLICY = f"{POSTS}.jsonl", f"{POLICY}.toml"
KEYED, CAPTURES, PAGES = (f"{word}{NAME}" for word in ("keyed", "captures", "pages."))
PAGES = f"{PAGES}.jsonl"
MODEL = f"{HOSTILE_TEXTS[0]} 2"
_ANSWERED = (
    *("name", "contact", "representative", "description", "purpose", "biases", "limitations"),
    *("personal_information", "social_impact", "characteristics", "other_sizes", "others", "part"),
    *("purposes", "behaviour", "content", "comments", "reservations", "measures", "sources"),
    *("labels", "intellectual_property", "consumer_information", "processing", "information"),
    *("other_models", "version"),
)
"""Answers in words."""


def call(folder: Path, *arguments: str, codes: tuple[int, ...] = (0,)) -> Done:
    """Call the command line, which must end with one of these codes."""
    done = provenance(*arguments, cwd=folder)
    assert done.returncode in codes, (arguments, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def make_world(folder: Path) -> None:
    """Make the folder: dumps, datasets, rules, a policy, a registry, a report and a ledger."""
    items = list(_items())
    write(folder / POSTS, items)
    for name, chosen in ((DATA, items), (LATER, items[::2])):
        (folder / name).mkdir()
        for number, item in enumerate(chosen):
            row = {key: item[key] for key in ("id", "text", "url", "licence")}
            place = folder / name / f"{number}{file_name(str(item['id']))}.jsonl"
            write(place, [row])
    (folder / "text.txt").write_text(str(items[0]["text"]))
    for column in ("id", "url"):
        values = [str(item[column]) for item in items]
        write(folder / f"{column}s.jsonl", [{column: value} for value in values])
    _write_rules(folder / RULES)
    create_key(folder / "key")
    (folder / POLICY).write_text(_policy(), "utf-8", "surrogateescape")
    (folder / "token").write_text("a" * 32)
    (folder / "robots.txt").write_text("\n".join(["User-agent: GPTBot", f"Disallow: /{NAME}"]))
    _make_reports(folder)
    write(folder / "facts.jsonl", list(_facts()))
    call(folder, "ledger", "import", "facts.jsonl", "--ledger", LEDGER)
    call(folder, "ledger", "add", "check", REPORT, "--ledger", LEDGER)
    made_of = ("ledger", "add", "dataset", f"{NAME}3", "--report", REPORT, "--note", NAME)
    call(folder, *made_of, "--ledger", LEDGER)
    use = ("ledger", "add", "use", f"{NAME}3", "--model", MODEL, "--when", "2026-10")
    call(folder, *use, "--ledger", LEDGER)


def _make_reports(folder: Path) -> None:
    build = ("registry", "build", REGISTRY, POSTS, "--source-column", "source", "--keep-authors")
    call(folder, *build, "--author-column", "author", "-q")
    keyed = ("registry", "publish", REGISTRY, "-o", KEYED, "--tier", "keyed")
    call(folder, *keyed, "--key-file", "lab.key", "--new-key", "-q")
    _write_captures(folder / CAPTURES)
    pages = enumerate(HOSTILE_TEXTS)
    rows = [(sentence(f"page {n}", 40), f"https://a.example/{text}") for n, text in pages]
    write(folder / PAGES, [{"id": url, "text": text, "url": url} for text, url in rows])
    check = ("check", DATA, "--policy", POLICY, "--rules", RULES, "-o", REPORT, "-q")
    call(folder, *check, codes=(0, 1))
    _write_answers(folder)
    call(folder, "registry", "build", "gone", POSTS, "--source-column", "source", "-q")


def _write_captures(folder: Path) -> None:
    """Write what sites are said to have published: their names, and texts that act."""
    lines = [line for text in HOSTILE_TEXTS for line in _toml(text)[1:-1].split("\\n")]
    robots = "\n".join(f"User-agent: {line}\nDisallow: /{line}" for line in lines)
    manifest = [{"location": f"/{text}", "tdm-reservation": 1} for text in lines]
    texts = "".join(f"<content url={quoteattr(line)}>{escape(line)}</content>" for line in lines)
    files = {
        "robots.txt": f"{robots}\nUser-agent: GPTBot\nDisallow: /",
        "ai.txt": f"{robots}\nUser-Agent: *\nDisallow: /",
        "tdmrep.json": json.dumps([*manifest, {"location": "*", "tdm-reservation": 1}]),
        "rsl.xml": f'<rsl xmlns="https://rslstandard.org/rsl">{texts}</rsl>',
    }
    captured = folder / "a.example" / "2022-01-01"
    captured.mkdir(parents=True)
    for name, text in files.items():
        (captured / name).write_text(text)


def _write_answers(folder: Path) -> None:
    call(folder, "disclose", REPORT, "--init", "template.toml")
    template = (folder / "template.toml").read_text("utf-8")
    given = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", template, flags=re.MULTILINE)
    given = re.sub(r"^(languages|files) = .*", "", given, flags=re.MULTILINE)
    texts = cycle(map(_toml, HOSTILE_TEXTS))
    words = re.compile(rf'^({"|".join(_ANSWERED)}) = ".*"', re.MULTILINE)
    answers = words.sub(lambda match: f"{match[1]} = {next(texts)}", given)
    answers = re.sub(r"(?<=\[\[models\]\]\nname = ).*", lambda _: _toml(MODEL), answers)
    (folder / "answers.toml").write_text(answers, "utf-8")


def _items() -> list[dict[str, object]]:
    return [
        {
            "id": text,
            "text": f"{sentence(f'item {number}', 40)} {text}",
            "author": text,
            "url": text if number % 2 else f"https://a.example/{text}",
            "licence": text,
            "source": f"evil-{number}" if number % 2 else text,
            "created_at": "2022-03-04",
        }
        for number, text in enumerate(HOSTILE_TEXTS)
    ]


def _write_rules(folder: Path) -> None:
    (folder / "sources").mkdir(parents=True)
    for number, text in enumerate(HOSTILE_TEXTS):
        if number % 2:
            rule = _rule(f"evil-{number}", text.replace("\ud800", "").replace("\udcff", ""))
            (folder / "sources" / f"evil-{number}.yaml").write_text(yaml.safe_dump(rule))


def _rule(source: str, text: str) -> Mapping[str, object]:
    period = {
        "verdict": "forbidden",
        "basis": "explicit-ml",
        "uses": ["pretraining", "fine-tuning", "evaluation", "retrieval", "research-tdm"],
        "binds": ["any"],
        "jurisdictions": ["any"],
        "clause": text,
        "paraphrase": text,
        "confidence": "secondary source only",
    }
    document = {
        "id": "terms",
        "title": text,
        "address": "https://a.example/terms",
        "kind": "platform",
        "time-axis": "collection",
        "periods": [period],
    }
    case = {"purpose": "pretraining", "verdict": "forbidden", "basis": "explicit-ml"}
    return {
        "format": 2,
        "id": source,
        "name": text,
        "hosts": [],
        "documents": [document],
        "cases": {"finds": [{**case, "terms": f"{source}/terms"}], "passes": []},
    }


def _policy() -> str:
    lines = ["[check]", 'purpose = "pretraining"', f"registries = [{_toml(REGISTRY)}]", "[gate]"]
    lines += ['forbidden = "0%"', f'{_toml(f"{NAME}:unknown.documents")} = "0%"']
    for number, text in enumerate(HOSTILE_TEXTS):
        value = _toml(text)
        lines += [
            "[[waivers]]",
            f"source = {value}",
            f"documents = {_toml(text + str(number))}",
            'reason = "own-content"',
        ]
        lines += [f"statement = {value}", f"approver = {{given = 'Rosa', family = {_toml(text)}}}"]
        lines += ["expires = 2027-06-30"]
        lines += ["[[agreements]]", f"source = {value}", 'purposes = ["pretraining"]']
        lines += [f"reference = {value}"]
        name = _toml(f"{text}{number}")
        lines += ["[[collections]]", f"name = {name}", f"files = {_toml(f'*{number}none')}"]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """Return a text as a basic string; TOML has no lone surrogates."""
    plain = "".join(c for c in text if not 0xD800 <= ord(c) < 0xE000)
    return json.dumps(plain).replace("\x7f", "\\u007f")


def _facts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, text in enumerate(HOSTILE_TEXTS):
        name, source = f"{text.strip()}@{number}", f"evil-{number}"
        names = {"account": text, "agreement": text, "note": text, "source": source}
        recipient = {text.replace("=", "\uff1d").strip(): "company"}
        dates = {"when": "2023-02", "application": text}
        found += [
            {"kind": "dataset", "name": name, "recipient": recipient, "route": "api", **names},
            {"kind": "access", "dataset": [name], "calls": 3, **names, **dates},
            {"kind": "use", "dataset": name, "purpose": text, "model": text, "note": text, **dates},
            {"kind": "destruction", "dataset": name, "on": "2023-05-01", "by": text}
            | {"method": text, "copies-left": text, "note": text},
        ]
    return found
