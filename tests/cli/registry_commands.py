"""Dumps as files of lines, and `provenance registry` called on them."""

import json


def run(provenance, folder, *words):
    done = provenance("registry", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


def write(path, posts):
    path.write_text("".join(f"{json.dumps(post)}\n" for post in posts), "utf-8")
