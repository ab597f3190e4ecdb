"""What somebody who has a published registry can read in it: the figures of docs/privacy.md.

Attackers use what the code that everybody has computes of words that they can think of.
"""

import json
import random
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.fingerprint.shingles import shingle
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts, Tokens
from provenance.registry.build.registry_builder import create_registry
from provenance.registry.changes.keyed_copy import publish_keyed
from provenance.registry.files.file_encryption import RegistryKey
from provenance.registry.files.registry_keys import KEY_VARIABLE
from provenance.registry.store import open_registry
from tests.registry.conftest import batch_of

KEY = RegistryKey(bytes(range(32)))
NO_PLACES = np.zeros(0, np.int32)


def tokens_of(texts):
    tokens = tokenise(Texts.of(pa.array(texts, pa.large_string())))
    return tokens.hashes.copy(), tokens.offsets.copy()


class Language:
    """Words as people use them: a few all the time, most of them hardly ever (Zipf)."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        syllables = [first + last for first in "bdfgklmnprst" for last in "aeiou"]
        self.words = sorted({"".join(self.dice.choices(syllables, k=3)) for _ in range(3000)})
        self.dice.shuffle(self.words)
        self.weights = [1 / rank for rank in range(1, len(self.words) + 1)]

    def posts(self, count):
        draw = self.dice.choices
        return [
            " ".join(draw(self.words, self.weights, k=self.dice.randint(5, 25)))
            for _ in range(count)
        ]


@pytest.fixture(scope="module")
def language():
    return Language(5)


@pytest.fixture(scope="module")
def texts(language):
    """The posts of the registry, all of which are different."""
    return sorted({*language.posts(2000)})


@pytest.fixture(scope="module")
def published(texts, tmp_path_factory):
    """A folder with a registry without texts, and a keyed copy of it."""
    folder = tmp_path_factory.mktemp("published")
    rows = [
        {"source": "x", "item": f"id-{number}", "text": text, "author": f"Jane-{number % 50}"}
        for number, text in enumerate(texts)
    ]
    create_registry(folder / "plain", [batch_of(rows)], keep_texts=False)
    publish_keyed(folder / "plain", folder / "keyed", KEY)
    return folder


def dictionary(words):
    """Hash every word of a language once."""
    hashes, offsets = tokens_of(words)
    assert len(hashes) == len(words) == len(offsets) - 1
    return dict(zip(hashes.tolist(), words, strict=True))


def read_with_dictionary(hashes, offsets, words):
    """Read texts word by word; a question mark stands for a word that is not in the dictionary."""
    known = [words.get(token, "?") for token in hashes.tolist()]
    return [" ".join(known[first:last]) for first, last in pairwise(offsets)]


def share_read(hashes, guesses, truth):
    """Give the share of occurrences of words that are guessed right."""
    values, counts = np.unique(hashes, return_counts=True)
    is_right = np.array([guesses.get(stored) == truth[stored] for stored in values.tolist()])
    return float(counts[is_right].sum() / counts.sum())


# A dictionary.


def test_a_dictionary_reads_a_registry_without_texts(published, texts, language):
    [folder] = (published / "plain").glob("segment-*")
    hashes, offsets = np.load(folder / "tokens.npy"), np.load(folder / "offsets.npy")
    read = read_with_dictionary(hashes, offsets.tolist(), dictionary(language.words))
    assert sorted(read) == texts


def test_a_guess_of_a_post_is_confirmed_by_a_registry(published, texts):
    """Words that are in no dictionary do not protect a text that somebody has, or can guess."""
    [folder] = (published / "plain").glob("segment-*")
    guess, _ = tokens_of([texts[7]])
    assert guess.tobytes() in (folder / "tokens.npy").read_bytes()


def test_a_dictionary_reads_nothing_in_a_keyed_copy(published, texts, language):
    words = dictionary(language.words)
    guesses = [tokens_of([text])[0].tobytes() for text in texts]
    found = looked_at = 0
    for path in (published / "keyed").rglob("*.npy"):
        content = path.read_bytes()
        with pytest.raises(ValueError, match=r"pickled|magic|Cannot load"):
            np.load(path)
        assert not [guess for guess in guesses if guess in content]
        for start in range(4):  # wherever in a word of the file a hash might begin
            hashes = np.frombuffer(content[start : len(content) - (len(content) - start) % 4], "u4")
            found += int(np.isin(hashes, list(words)).sum())
            looked_at += len(hashes)
    expected = looked_at * len(words) / 2**32  # by chance
    assert looked_at > 100_000
    assert found <= expected + 4 * np.sqrt(expected) + 1


def test_a_keyed_copy_confirms_no_guess_of_an_id_or_an_author(published):
    plain = open_registry(published / "plain").segments[0].files["items.parquet"]
    authors = {row.encode() for row in pq.read_table(plain.reader())["author"].to_pylist()}
    for path in (published / "keyed").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"id-1" not in content
            assert not [author for author in authors if author in content]


# Frequency. We encrypt files as a whole. What would show if each hash was replaced by a keyed
# function of it instead, in its place, is measured here: why we do not.


def hash_by_hash(values):
    """Replace each hash by a keyed function of it; give the function, too."""
    distinct, places = np.unique(values, return_inverse=True)
    replaced = np.random.default_rng(1).permutation(distinct)
    return replaced[places], dict(zip(replaced.tolist(), distinct.tolist(), strict=True))


def most_frequent(values):
    """Sort values by their frequency; equally frequent ones are in no order that says anything."""
    distinct, counts = np.unique(values, return_counts=True)
    return distinct[np.argsort(-counts, kind="stable")]


def match_ranks(stored, public):
    """Guess that what is the most frequent in one is the most frequent in the other, and so on."""
    ranked = (most_frequent(values).tolist() for values in (stored, public))
    return dict(zip(*ranked, strict=False))


def know_posts(stored, offsets, hashes, count):
    """Learn the words of some posts that are public, from where they are in the registry."""
    learnt = {}
    for post in random.Random(2).sample(range(len(offsets) - 1), count):
        place = slice(offsets[post], offsets[post + 1])
        learnt.update(zip(stored[place].tolist(), hashes[place].tolist(), strict=True))
    return learnt


def test_hashes_that_are_replaced_one_by_one_can_be_read(texts, language):
    hashes, offsets = tokens_of(texts)
    stored, truth = hash_by_hash(hashes)
    public, _ = tokens_of(language.posts(2000))
    by_rank = share_read(stored, match_ranks(stored, public), truth)
    by_posts = share_read(stored, know_posts(stored, offsets, hashes, 100), truth)
    assert 0.2 < by_rank < by_posts
    assert by_posts > 0.6


def test_frequencies_say_nothing_in_a_keyed_copy(published):
    """Its files are noise: no value is frequent, whatever the files have in them."""
    [folder] = (published / "keyed").glob("segment-*")
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    [plain] = (published / "plain").glob("segment-*")
    for name, size in sizes.items():
        assert size == (plain / name).stat().st_size + 32  # this is what shows
        content = np.frombuffer((folder / name).read_bytes(), np.uint8)
        counts = np.bincount(content, minlength=256)
        assert abs(counts - size / 256).max() < 6 * np.sqrt(size / 256) + 6, name
    tokens = np.frombuffer((folder / "tokens.npy").read_bytes(), "u4")
    repeated = len(tokens) - len(np.unique(tokens))
    assert repeated <= len(tokens) ** 2 / 2**33 + 4
    assert len(np.unique(np.load(plain / "tokens.npy"))) < len(tokens) / 5


def test_on_posts_that_people_wrote(shared_data):
    """Half of 200,000 posts of one source is published, the other half is public."""
    path = shared_data / "scale" / "reddit_200k.parquet"
    if not path.exists():
        pytest.skip("the posts are not there")
    texts = pq.read_table(path, columns=["text"])["text"].to_pylist()
    hashes, offsets = tokens_of(texts[:100_000])
    public, _ = tokens_of(texts[100_000:])
    stored, truth = hash_by_hash(hashes)
    figures = {
        "rank": share_read(stored, match_ranks(stored, public), truth),
        **{
            f"{count} posts": share_read(stored, know_posts(stored, offsets, hashes, count), truth)
            for count in (100, 1000, 10_000)
        },
    }
    rounded = {name: round(figure, 2) for name, figure in figures.items()}
    assert rounded == {"rank": 0.41, "100 posts": 0.73, "1000 posts": 0.9, "10000 posts": 0.97}
    seeds = [
        shingle(Tokens(values, NO_PLACES, NO_PLACES, bounds), 4).hashes
        for values, bounds in ((hashes, offsets), tokens_of(texts[100_000:]))
    ]
    [mine, theirs] = (most_frequent(each)[:100] for each in seeds)
    assert (mine == theirs).sum() == 13


# A licensee, who has the key.


def test_a_licensee_can_use_a_dictionary(published, texts, language, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, KEY.secret.hex())
    arrays = open_registry(published / "keyed").arrays()
    read = read_with_dictionary(
        arrays.tokens, arrays.token_offsets.tolist(), dictionary(language.words)
    )
    assert sorted(read) == texts


def test_a_licensee_can_confirm_a_guess_of_an_id(published, tmp_path, monkeypatch):
    publish_keyed(published / "plain", tmp_path / "k", KEY, ["ids", "authors"])
    monkeypatch.setenv(KEY_VARIABLE, KEY.secret.hex())
    rows = open_registry(tmp_path / "k").describe(np.arange(2000, dtype=np.uint32))
    pseudonyms = {*rows["item"].to_pylist()}
    assert "id-7" not in pseudonyms
    assert KEY.pseudonym("x\n\nid-7") in pseudonyms
    assert KEY.pseudonym("x\n\nid-7000") not in pseudonyms
    assert RegistryKey(bytes(32)).pseudonym("x\n\nid-7") not in pseudonyms


def test_a_copy_says_which_key_leaked(published):
    content = json.loads((published / "keyed" / "registry.json").read_text())
    assert content["key_id"] == KEY.id
