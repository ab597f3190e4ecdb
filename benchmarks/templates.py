"""Measure whether rows of a form are taken for copies of other rows of it.

    python -m benchmarks.templates WORK [--posts FILE...] [--pages FILE...]

Fills each of the `TEMPLATES` `ROWS` times for a registry, by as many authors, and as often with
other values for a dataset. Checks against the registry the other rows, of which none is a copy, and
`COPIES` items of the registry, each whole, with every tenth word replaced, and cut to one half.
Prints, for each template, how many of the other rows are found and how many are counted (their
origin is `item`, or an `undecided` one that counts), and the share of the copies that are.

With `--posts`, all templates are mixed into one registry of these posts. With `--pages`, the rows
stand within pages: each behind the first paragraph of one. Files have columns `id` and `text`.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.origin import read_texts
from provenance.model.rules.policy import Policy
from provenance.pipeline import check
from provenance.pipeline.building.registries import DumpSource, build_registry
from provenance.pipeline.settings import Settings

SEED = 11
ROWS, COPIES = 300, 100
EDIT_STEP = 10  # one word of so many is replaced

_COUNTED_FROM = 0.5  # probability from which words of undecided origin count (`UndecidedRule`)

_LISTS = {
    "first": "Ada Boris Carla Dimitri Elena Farid Greta Hassan Ingrid Jonas Karim Leonie Marek "
    "Nadia Oskar Priya Quentin Rosa Stefan Tamara Ulrich Vera Wanda Xenia Yusuf Zora",
    "last": "Abbott Bergmann Castillo Dufresne Eriksen Fonseca Grabowski Halloran Ibsen Jankowski "
    "Kowalczyk Lindqvist Moreau Novotny Okafor Petrov Quigley Rasmussen Sandoval Tanaka Urbina "
    "Vasquez Whitcombe Yilmaz Zimmerli",
    "town": "Aldmoor Brackley Carnforth Dunmore Eastleigh Farrowdale Glenbrook Hartwell Ironbridge "
    "Kestrel Lowestoft Millhaven Northam Oakhurst Penrith Queensferry Rothbury Stonehaven "
    "Thornbury Underhill Vickery Westbourne Yarrow",
    "month": "January February March April May June July August September October November "
    "December",
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "trade": "electrician plumber accountant gardener nurse welder translator baker surveyor "
    "carpenter receptionist paralegal machinist librarian optician roofer bookkeeper",
    "trait": "patient careful reliable cheerful punctual curious thorough sociable flexible",
    "noun": "kettle lantern bicycle ladder carpet cabinet mirror printer heater saddle kayak "
    "trumpet telescope drill mattress aquarium projector wheelbarrow typewriter suitcase",
    "colour": "red green blue black white silver brown yellow grey orange",
    "make": "Arvo Belmont Corvid Delphi Estrel Fulmar Gannet Hobart",
    "verb": "planting mending painting collecting baking sailing hiking knitting restoring singing",
    "object": "roses clocks boats stamps bread hymns maps fences puppets lamps",
    "mood": "restless hopeful sleepy bold tender stubborn playful cautious generous",
    "omen": "letter stranger journey gift quarrel delay promise invitation debt reunion",
    "sign": "Aries Taurus Gemini Cancer Leo Virgo Libra Scorpio Sagittarius Capricorn Aquarius "
    "Pisces",
    "part": "parser scheduler cache installer renderer exporter logger editor indexer resolver",
    "fault": "crash leak deadlock slowdown typo race regression overflow warning timeout",
    "team": "Rovers Wanderers Athletic United Rangers Albion Harriers Borough Thistle Academy",
    "cause": "signal trees cattle flooding staff fog points ice cables police",
    "fruit": "apples pears plums leeks carrots onions beans spinach cherries potatoes turnips kale",
    "topic": "drainage parking libraries fisheries schools pensions forestry housing tourism roads",
    "sky": "clear cloudy drizzle fog sleet overcast thunder haze showers snow",
}
WORDS = {name: words.split() for name, words in _LISTS.items()}

TEMPLATES = {
    "job advertisement": "{make} {trade} wanted in {town}! We are looking for a {trait} and "
    "{trait} {trade} to join our team of {n2} people from {n2} {month}. You bring at least {n1} "
    "years of experience and a full driving licence. We offer {n5} a year, {n2} days of holiday "
    "and free parking. Please send your application with the reference {n5} to {first} {last}.",
    "signature": "{phrase} {phrase}\n--\n{first} {last}\nSenior {trade}, {make} Holdings, {town}\n"
    "Tel. {n3} {n4}\nThis message may contain confidential information and is intended only for "
    "the person to whom it is addressed. If you have received it in error, please tell the sender "
    "and delete it.",
    "price list": "Prices at the {town} market on {day}, {n2} {month}: {fruit} {n1}.{n2} a kilo, "
    "{fruit} {n1}.{n2} a kilo, {fruit} {n1}.{n2} a kilo, {fruit} {n1}.{n2} a kilo, {fruit} "
    "{n1}.{n2} a bunch, {fruit} {n1}.{n2} a bunch. All prices include tax and may change during "
    "the day.",
    "obituary": "{first} {last}, aged {n2}, of {town}, passed away peacefully on {day}, {n2} "
    "{month}, surrounded by family. Born in {town}, {first} worked as a {trade} for {n2} years "
    "and loved {verb} {object}. Survived by a sister, {first}, and a brother, {first}. The "
    "funeral will be held at St {first} Church on {day} at {n1} o'clock. The family asks that no "
    "flowers be sent.",
    "release notes": "We are happy to announce version {n1}.{n2}.{n2} of {make}. This release "
    "fixes a {fault} in the {part} that was reported by {first}, and a {fault} in the {part}. It "
    "also {improves} the {part}. Thanks to everybody who tested the release candidates. Upgrade as "
    "usual, and please report what does not work in the tracker.",
    "train delay": "The {n2}:{n2} service from {town} to {town} is delayed by {n2} minutes because "
    "of {cause} near {town}. Passengers for {town} should change at {town}. We apologise for the "
    "inconvenience that this may cause to your journey today.",
    "horoscope": "{sign}: {month} finds you {mood} and a little {mood}. The moon in {sign} brings "
    "a {omen} that you did not expect, and a {omen} from someone you know. Keep your plans for "
    "{day} to yourself, and wear something {colour}. Your lucky number is {n2}.",
    "weather station": "Station {town} {n4}: temperature {n2}.{n1} C, humidity {n2} %, wind "
    "{n2} km/h, gusts {n2} km/h, pressure {n4} hPa, rain {n1}.{n1} mm, sky {sky}, visibility "
    "{n2} km, updated {n2}:{n2}.",
    "match thread": "Match thread: {town} {team} vs {town} {team}\nKick-off {n2}:{n2} on {day} at "
    "{last} Park, {town}. Referee: {first} {last}.\nPlease keep the discussion civil, report "
    "comments that break the rules, and do not post links to illegal streams. This thread was "
    "created by a bot and will be updated during the game.",
    "bill summary": "Bill {n4}, introduced by Representative {last} of {town} on {n2} {month}. "
    "This bill amends the law on {topic} to require the department to publish a report on {topic} "
    "every {n2} years, and appropriates {n5} dollars for {topic} in the county of {town}. The "
    "bill was referred to the committee on {topic}, which has not taken any action yet.",
    "classified": "For sale: {colour} {make} {noun}, {n2} years old, in good condition with normal "
    "signs of wear. {phrase} Price {n3} or nearest offer. Collection from {town} only, cash on "
    "collection please. Call {first} after {n1} on {n5}. No time wasters, first come first served.",
    "moderator": "Hello {first}{n3}, thank you for your submission to r/{town}{object}. "
    "Unfortunately it has been removed because of rule {n1}: {phrase} Please read the rules in the "
    "sidebar before you post again. If you believe that this was a mistake, message the moderators "
    "and quote the number {n5}.",
    "lost pet": "LOST near {town}: our {colour} cat {first}, missing since {day} evening. {phrase} "
    "She is shy and may hide in sheds or garages, so please check yours. There is a reward of {n2} "
    "for her safe return. If you see her, do not chase her, just call {n3} {n4} and ask for "
    "{first}.",
}  # fmt: skip
"""Texts with slots: names of `WORDS`, `phrase`, `improves`, or `n` and a number of digits."""


def fill(template: str, dice: random.Random) -> str:
    """Return a template with a value drawn for each of its slots."""

    def value(match: re.Match[str]) -> str:
        slot = match[1]
        if slot in WORDS:
            return dice.choice(WORDS[slot])
        if slot == "phrase":
            return fill(dice.choice(_PHRASES), dice)
        if slot == "improves":
            return dice.choice(["speeds up", "simplifies", "documents", "replaces"])
        return str(dice.randint(10 ** (int(slot[1]) - 1), 10 ** int(slot[1]) - 1))

    return re.sub(r"\{(\w+)\}", value, template)


_PHRASES = (
    "My {last} uncle kept {verb} {object} in {town} until {month}.",
    "Nobody in {town} has seen a {colour} {noun} like the one {first} had.",
    "We met {first} on {day} while {verb} {object} behind the {noun}.",
    "It fell off the {noun} twice and only the {part} was {colour} after that.",
    "The {mood} {trade} from {town} told me about the {omen} and the {noun}.",
)


def edit(text: str, dice: random.Random) -> str:
    """Return a text with every tenth word replaced."""
    words = text.split(" ")
    for place in range(dice.randrange(EDIT_STEP), len(words), EDIT_STEP):
        words[place] = dice.choice(WORDS["noun"])
    return " ".join(words)


def cut(text: str, dice: random.Random) -> str:
    """Return the first or the second half of a text's words."""
    words = text.split(" ")
    half = len(words) // 2
    return " ".join(words[:half] if dice.random() < 0.5 else words[half:])


def sample_rows(template: str, dice: random.Random) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the items of a template, and rows with their kinds: others, and copies of items."""
    items = [fill(template, dice) for _ in range(ROWS)]
    rows = [("other", fill(template, dice)) for _ in range(ROWS)]
    for text in items[:COPIES]:
        rows += [("whole", text), ("edited", edit(text, dice)), ("half", cut(text, dice))]
    return items, rows


def build(work: Path, items: list[str], posts: list[str]) -> Path:
    """Build a registry of items, each by an author of its own, and of posts."""
    registry = work / "registry"
    texts = items + posts
    table = {
        "id": [f"i{number}" for number in range(len(texts))],
        "author": [f"author{number}" for number in range(len(texts))],
        "text": texts,
    }
    work.mkdir(parents=True, exist_ok=True)
    path = work / "items.parquet"
    pq.write_table(pa.table(table), path)
    if not registry.exists():
        build_registry(registry, DumpSource([str(path)], "reddit"))
    return registry


def count_rows(path: Path, registry: Path, kinds: list[str]) -> tuple[Counter[str], Counter[str]]:
    """Return the rows of each kind that are found, and those that are counted."""
    policy = Policy(registries=(str(registry),))
    findings = check([str(path)], policy, Settings()).findings
    found, counted = set(), set()
    for finding in findings.to_pylist():
        if finding["evidence"] != "content":
            continue
        found.add(finding["row"])
        is_item = finding["origin"] == "item"
        if is_item or (
            finding["origin"] == "undecided" and finding["own_probability"] >= _COUNTED_FROM
        ):
            counted.add(finding["row"])
    return Counter(kinds[row] for row in found), Counter(kinds[row] for row in counted)


def measure(
    work: Path, rows: list[tuple[str, str]], registry: Path, pages: list[str]
) -> tuple[Counter[str], Counter[str]]:
    """Check rows, each within a page if there are any."""
    kinds, texts = zip(*rows, strict=True)
    if pages:
        texts = tuple(
            f"{pages[place % len(pages)][:2000]}\n\n{text}" for place, text in enumerate(texts)
        )
    path = work / "rows.parquet"
    pq.write_table(pa.table({"id": list(map(str, range(len(texts)))), "text": list(texts)}), path)
    return count_rows(path, registry, list(kinds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("work", type=Path)
    for name in ("posts", "pages"):
        parser.add_argument(f"--{name}", nargs="+", default=[])
    options = parser.parse_args()
    dice = random.Random(SEED)
    samples = {name: sample_rows(template, dice) for name, template in TEMPLATES.items()}
    pages = read_texts(options.pages) if options.pages else []
    shared = None
    if options.posts:
        items = [item for sample, _ in samples.values() for item in sample]
        shared = build(options.work / "all", items, read_texts(options.posts))
    print(f"{'':20}{'found':>7}{'counted':>9}   copies counted: whole, edited, half")
    all_found, all_counted = Counter[str](), Counter[str]()
    for name, (items, rows) in samples.items():
        work = options.work / name.replace(" ", "-")
        work.mkdir(parents=True, exist_ok=True)
        found, counted = measure(work, rows, shared or build(work, items, []), pages)
        show(name, found, counted, COPIES)
        all_found += found
        all_counted += counted
    show("all", all_found, all_counted, COPIES * len(TEMPLATES))


def show(name: str, found: Counter[str], counted: Counter[str], copies: int) -> None:
    shares = "".join(f"{counted[kind] / copies:8.2f}" for kind in ("whole", "edited", "half"))
    print(f"{name:20}{found['other']:7}{counted['other']:9}{shares}")


if __name__ == "__main__":
    main()
