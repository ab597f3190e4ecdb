"""Rule files of one's own: an error names one as its author would open it, a change is seen."""

import pytest

from provenance.errors import RuleSyntax
from provenance.read.rules.rule_files import load_cases, load_rules


@pytest.fixture
def own(tmp_path, root):
    """A copy of a shipped file, changed a little."""

    def write(old, new):
        path = tmp_path / "sources" / "weibo.yaml"
        path.parent.mkdir(exist_ok=True)
        text = (root / "rules" / "sources" / "weibo.yaml").read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return path

    return write


def test_a_file_that_replaces_a_shipped_one_is_named(tmp_path, root):
    (tmp_path / "sources").mkdir()
    shipped = (root / "rules" / "sources" / "x.yaml").read_bytes()
    (tmp_path / "sources" / "x.yaml").write_bytes(shipped)
    assert load_rules(tmp_path).replaced == ()
    (tmp_path / "sources" / "x.yaml").write_bytes(shipped + b"# mine\n")
    assert load_rules(tmp_path).replaced == ("sources/x.yaml",)
    assert load_rules().replaced == ()


@pytest.mark.parametrize("load", [load_rules, load_cases])
def test_a_file_of_one_s_own_is_named_by_its_path(tmp_path, own, load):
    path = own("cases:", "cases: [")
    with pytest.raises(RuleSyntax) as caught:
        load(tmp_path)
    assert caught.value.message.startswith(f"{path}: not valid YAML")


def test_a_wrong_value_is_named_by_its_path(tmp_path, own):
    path = own("name:", "nmae:")
    with pytest.raises(RuleSyntax) as caught:
        load_rules(tmp_path)
    assert caught.value.message.startswith(f"{path}: nmae: unknown key")


def test_a_folder_called_as_a_file_is_none(tmp_path, own):
    own("name:", "name:")
    (tmp_path / "sources" / "x.yaml").mkdir()
    assert load_rules(tmp_path).sources


def test_two_files_at_odds_are_both_named(tmp_path, own):
    path = own("hosts: [", "hosts: [x.com, ")
    with pytest.raises(RuleSyntax) as caught:
        load_rules(tmp_path)
    assert "rules/sources/x.yaml" in caught.value.message
    assert str(path) in caught.value.message


def test_the_same_files_are_parsed_once_and_others_anew(tmp_path, own):
    own("name:", "name:")
    first = load_rules(tmp_path)
    assert load_rules(tmp_path) is first
    own("name: ", "name: Another ")
    (weibo,) = (s for s in load_rules(tmp_path).sources if s.id == "weibo")
    assert weibo.name.startswith("Another ")
    own("hosts: [", "hosts: [x.com, ")
    for _ in range(2):
        with pytest.raises(RuleSyntax):
            load_rules(tmp_path)
