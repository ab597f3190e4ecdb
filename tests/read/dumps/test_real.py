"""Dumps as their sources made them."""

import pytest


@pytest.fixture(scope="module")
def raw(shared_data):
    if not (shared_data / "raw").is_dir():
        pytest.skip("the evaluation data has no original dumps (../shared/data/raw)")
    return shared_data / "raw"


REPOST_ALONE = "repost without its original"


@pytest.mark.parametrize(
    ("path", "count", "skipped"),
    [
        ("twitter_archive/smithjd", 89, {REPOST_ALONE: 11}),
        ("twitter_archive/andreruffert/data/tweets.js", 65, {REPOST_ALONE: 35}),
        ("twitter_api_v1_1/btc_b_200.ndjson", 195, {REPOST_ALONE: 5}),
        ("twitter_api_v1_1/btc_e_200.ndjson", 199, {REPOST_ALONE: 1}),
        (
            "twitter_api_v1_1/url_corpus_2016-10-10.json",
            203,
            {"not valid JSON": 2, "repost; its original is an item": 26},
        ),
        ("twitter_extended_tweet/activity_streams/classic_(no_hidden)/quote.json", 2, {}),
        ("twitter_extended_tweet/initial/compatibility_extended_13996.json", 2, {}),
        ("reddit_pushshift/RC_sample.ndjson", 23, {"deleted or removed": 4}),
        ("reddit_pushshift/RS_sample.ndjson", 28, {"deleted later, as the dump says": 3}),
        ("reddit_top_csv/Jokes_200.csv", 200, {}),
        ("mastodon/dealingwith/outbox.json", 149, {REPOST_ALONE: 51}),
        ("stackexchange/conlang_meta", 403, {"empty text": 4}),
        ("stackexchange/datascience_meta/Posts.xml", 618, {"empty text": 6}),
        ("stackexchange/mathoverflow_meta", 669, {"empty text": 3}),
        ("hackernews/hacker_news_500.csv", 500, {}),
        ("irc/2004-12-25.train-c.raw.txt", 1165, {"notice of the service": 335}),
        ("weibo_ced/original-microblog", 40, {}),
        ("weibo_ced/rumor-repost", 553, {"empty text": 327}),
        ("bluesky/capture_atprotocom.json", 20, {}),
        ("bluesky/fakermaker.repo.car", 26, {"not a post": 101, REPOST_ALONE: 15}),
        ("crisislex/2013_Russia_meteor-tweets_labeled.csv", 1442, {}),
    ],
)
def test_real_dumps_are_read(read, raw, path, count, skipped):
    found = read(raw / path)
    assert len(found.rows) == count
    assert found.skipped == skipped
    assert len(set(found.column("item"))) == count


def test_every_registry_source_is_read(read, shared_data):
    small = [p for p in (shared_data / "registries").glob("*.zst") if p.stat().st_size < 500_000]
    for path in sorted(small):
        found = read(path)
        assert found.rows, path.name
        assert sum(found.skipped.values()) == 0, path.name
