"""Texts of made-up posts and pages, and questions that audits answer."""

import json
import random

from tests.cli.commandline import provenance

WORDS = """
amber anchor apron attic bakery barrel basket beacon bellows birch biscuit blanket bramble brass
brick bridge bucket button cabin candle canvas carriage cellar chalk cherry chimney clover
cobbler compass copper cottage cradle cricket crumb curtain dairy damson dormouse dragonfly
drizzle eaves ember fennel ferry fiddle flannel flint foxglove furrow gable gander garret ginger
glove gooseberry granite gravel hammock harbour harvest hazel hedge heron hinge hollow honey
hornet inkwell ivory jackdaw jasmine kennel kettle kingfisher ladder lantern lavender ledger
lichen limpet linen lobster magpie mallet marble marigold meadow mitten morsel mulberry mustard
nettle nutmeg oarsman orchard otter paddle pantry parlour parsnip pebble pepper pewter pickle
pigeon plaster pocket porridge puddle quarry quilt rafter raisin ribbon rosemary rudder saddle
saffron sandal satchel scarlet shingle shutter sickle slate sparrow spindle sprout stable
starling stirrup sultana tallow tangle teacup thatch thimble thistle timber treacle trellis
turnip velvet vinegar wafer walnut warren wicket willow window winter woollen yarrow
"""


def sentence(seed, length=16):
    return " ".join(random.Random(seed).sample(WORDS.split(), length))


def ok(folder, *arguments, code=0):
    done = provenance(*arguments, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def page(number, *posts):
    """A page of our own, which may have posts in it."""
    parts = [sentence(f"page {number} a", 40), *posts, sentence(f"page {number} b", 40)]
    return {"id": f"page-{number}", "text": ". ".join(parts)}


def lines(document, point):
    [section] = [each for each in document["sections"] if each["number"] == point]
    return [(line["standing"], line["text"]) for line in section["statements"]]


def said(document, point, *standings):
    chosen = [t for s, t in lines(document, point) if not standings or s in standings]
    return "\n".join(chosen)


def ask(case, *question):
    return json.loads(ok(case, "audit", *question, "--format", "json"))
