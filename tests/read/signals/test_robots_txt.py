"""robots.txt, by the rules of RFC 9309: groups, the longest match, wildcards, escapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.model.rules.signals import Stance
from provenance.read.signals.path_patterns import match_length, url_path
from provenance.read.signals.robots_txt import MAX_BYTES, parse_robots, robots_notices

AGENTS = {"robots-txt/training-agents": ("GPTBot", "CCBot")}


def access(text: str, agent: str, address: str) -> str | None:
    line = parse_robots(text.encode()).access(agent, url_path(address))
    return None if line is None else line.name


def said(text: str, address: str = "/page") -> tuple[Stance, str]:
    (notice,) = robots_notices(parse_robots(text.encode()), url_path(address), AGENTS)
    return notice.stance, notice.why


def test_a_robot_follows_its_own_group_and_no_other():
    text = "User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nDisallow: /shop/\n"
    assert access(text, "GPTBot", "/shop/1") == "disallow"
    assert access(text, "GPTBot", "/news/1") is None
    assert access(text, "CCBot", "/news/1") == "disallow"


def test_groups_of_one_robot_are_one_group():
    text = "User-agent: GPTBot\nDisallow: /a\n\nUser-agent: CCBot\nUser-agent: gptbot\nDisallow: /b"
    assert access(text, "GPTBot", "/a") == access(text, "GPTBot", "/b") == "disallow"
    assert access(text, "CCBot", "/a") is None


def test_names_are_compared_whole_and_without_case_or_version():
    text = "user-AGENT: GPTBot/1.2 (+https://a.example)\ndisallow: /\n"
    assert access(text, "gptBOT", "/") == "disallow"
    assert access(text, "GPT", "/") is None
    assert access(text, "GPTBot-Next", "/") is None


def test_lines_that_belong_to_no_group_part_none():
    text = "User-agent: GPTBot\nSitemap: https://a.example/map\nUser-agent: CCBot\nDisallow: /\n"
    assert access(text, "GPTBot", "/x") == access(text, "CCBot", "/x") == "disallow"


def test_rules_before_any_robot_are_nobodys():
    assert access("Disallow: /\nUser-agent: CCBot\nAllow: /", "GPTBot", "/x") is None


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("/docs/open/a", "allow"),  # the longer pattern
        ("/docs/a", "disallow"),
        ("/same", "allow"),  # equally long: who allows wins
        ("/elsewhere", None),
    ],
)
def test_the_longest_match_counts_and_of_equal_ones_what_allows(address, outcome):
    text = "User-agent: *\nDisallow: /docs/\nAllow: /docs/open/\nDisallow: /same\nAllow: /same\n"
    assert access(text, "GPTBot", address) == outcome


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/fish", "/fishheads/yummy.html", True),
        ("/fish", "/Fish", False),
        ("/fish*", "/fish", True),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/any.php.file.html", True),
        ("/*.php$", "/name.php", True),
        ("/*.php$", "/name.php?x=1", False),
        ("/*.php$", "/name.php5", False),
        ("/a*b*b$", "/ab", False),
        ("/a*b*b$", "/axbxb", True),
        ("*", "/anything", True),
        ("/$", "/", True),
        ("/$", "/x", False),
        ("/fish*.php", "/fishheads/catfish.php?id=2", True),
        ("/price$now", "/price$now", True),  # only at the end is it the end
        ("/a/%2A", "/a/*", True),  # escaped, it is no wildcard
        ("/a/%24", "/a/$", True),
        ("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", True),
        ("/foo/bar/%e3%83%84", "/foo/bar/\u30c4", True),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
        ("/a%3Cb", "/a<b", True),
        ("/a/b%2Fc", "/a/b/c", False),  # an escaped slash is no slash
    ],
)
def test_patterns(pattern, path, matches):
    assert (match_length(pattern, url_path(path)) is not None) is matches


def test_an_empty_rule_says_nothing():
    assert access("User-agent: *\nDisallow:\n", "GPTBot", "/") is None


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
def test_lines_end_in_any_way_comments_end_with_them_and_a_mark_may_begin_the_file(ends):
    lines = ["\ufeffUser-agent: GPTBot # theirs", "# none", "  Disallow :  /x # y", "nonsense"]
    assert access(ends.join(lines), "GPTBot", "/x/1") == "disallow"


def test_what_stands_behind_the_limit_is_not_read():
    text = "#" * MAX_BYTES + "\nUser-agent: *\nDisallow: /\n"
    assert access(text, "GPTBot", "/") is None


def test_a_notice_names_the_line_and_the_robots_that_it_keeps_out():
    text = "User-agent: CCBot\nUser-agent: GPTBot\nDisallow: /\n"
    assert said(text) == (
        Stance.DISALLOWS,
        'robots.txt, line 3 "Disallow: /", for GPTBot, CCBot',
    )
    assert said("User-agent: GPTBot\nAllow: /\n")[0] is Stance.ALLOWS
    assert said("User-agent: OAI-SearchBot\nDisallow: /\n")[0] is Stance.SILENT
    assert said("User-agent: *\nDisallow: /\n")[0] is Stance.DISALLOWS


def test_one_robot_that_is_kept_out_is_enough():
    text = "User-agent: GPTBot\nAllow: /\n\nUser-agent: CCBot\nDisallow: /\n"
    assert said(text)[0] is Stance.DISALLOWS


paths = st.text("/ab.*$%?", max_size=8).map(lambda text: f"/{text}")
rules = st.tuples(st.sampled_from(["Allow", "Disallow"]), paths)
groups = st.tuples(st.sampled_from(["*", "GPTBot", "CCBot", "Other"]), st.lists(rules, max_size=4))


def written(parts) -> str:
    return "\n".join(
        "\n".join([f"User-agent: {agent}", *(f"{name}: {path}" for name, path in own), ""])
        for agent, own in parts
        if own
    )


@given(st.binary(max_size=300), st.text(max_size=30))
def test_nothing_that_somebody_writes_is_an_error(content, address):
    list(robots_notices(parse_robots(content), url_path(address), AGENTS))


@given(st.lists(groups, max_size=5), st.randoms(), paths)
def test_the_order_of_groups_means_nothing(parts, random, path):
    other = list(parts)
    random.shuffle(other)
    for agent in AGENTS["robots-txt/training-agents"]:
        assert access(written(parts), agent, path) == access(written(other), agent, path)


@given(st.lists(groups, max_size=5), st.integers(0, 5), paths)
def test_what_disallows_all_disallows_wherever_it_is_added(parts, place, path):
    more = [*parts[:place], ("GPTBot", [("Disallow", "/*" * 20)]), *parts[place:]]
    deep = "/d" + path + "/" * 20
    assert said(written(more), deep)[0] is Stance.DISALLOWS


def oracle(pattern: str, path: str) -> bool:
    """Match character by character, every way there is."""
    if not pattern or pattern == "$":
        return not pattern or not path
    if pattern[0] == "*":
        return any(oracle(pattern[1:], path[cut:]) for cut in range(len(path) + 1))
    return bool(path) and pattern[0] == path[0] and oracle(pattern[1:], path[1:])


@given(st.text("/ab*", max_size=8), st.booleans(), st.text("/ab", max_size=10))
def test_patterns_match_as_a_slow_oracle_does(pattern, anchored, rest):
    pattern, path = f"/{pattern}{'$' if anchored else ''}", f"/{rest}"
    assert (match_length(pattern, path) is not None) is oracle(pattern, path)
