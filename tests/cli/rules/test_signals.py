"""`provenance rules signals`, as a person sees it."""

import pytest

ASKED = ("rules", "signals")


@pytest.fixture
def folder(tmp_path):
    day = tmp_path / "captures" / "a.example" / "2023-01-01"
    day.mkdir(parents=True)
    (day / "robots.txt").write_text(
        "License: https://a.example/l\nUser-agent: GPTBot\nDisallow: /p\n"
    )
    (day / "rsl.xml").write_text("no XML")
    (tmp_path / "captures" / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    return tmp_path


def test_a_folder_of_captures_is_summarised(provenance, folder):
    told = provenance(*ASKED, "captures", "--url", "https://a.example/p/1", cwd=folder)
    assert told.returncode == 0
    assert "a.example, captured 2023-01-01, for https://a.example/p/1" in told.stdout
    assert "Training is disallowed by 1 of 2 signals." in told.stdout
    assert '    robots.txt, line 3 "Disallow: /p", for GPTBot\n' in told.stdout
    assert "    Verdict: restricted (machine-signal).\n" in told.stdout
    assert 'robots.txt, line 1 "License: https://a.example/l", names an RSL' in told.stdout
    assert "- rsl.xml is not a valid file of that name and was ignored.\n" in told.stdout
    assert "Licence: forbidden (condition-unmet)." in told.stdout
    assert all(len(line) <= 80 for line in told.stdout.splitlines())


def test_every_dataset_that_a_card_names_is_judged(provenance, tmp_path):
    card = "---\nsource_datasets: [HuggingFaceFW/fineweb, some/thing]\n---\n"
    (tmp_path / "README.md").write_text(card)
    told = " ".join(provenance(*ASKED, "README.md", cwd=tmp_path).stdout.split())
    assert "made of HuggingFaceFW/fineweb, some/thing" in told
    assert "Source HuggingFaceFW/fineweb: unknown (undeclared). FineWeb" in told
    assert "Source some/thing: unknown. No rule knows this dataset." in told


def test_another_page_and_another_robot_may_be_asked_for(provenance, folder):
    robots = "captures/a.example/2023-01-01/robots.txt"
    assert (
        "No signal disallows training. This is not a permission."
        in provenance(*ASKED, robots, cwd=folder).stdout
    )
    asked = (*ASKED, robots, "--url", "https://a.example/p", "--agent", "CCBot")
    assert "robots-txt/training-agents: silent" in provenance(*asked, cwd=folder).stdout


def test_a_file_that_is_no_capture_is_an_error(provenance, tmp_path):
    (tmp_path / "robot.txt").write_text("User-agent: *")
    told = provenance(*ASKED, "robot.txt", cwd=tmp_path)
    assert told.returncode == 2
    assert "robot.txt is not a supported file" in told.stderr
    assert "Try: name the file as sites do: robots.txt" in told.stderr


def test_text_of_a_site_has_no_escape_sequences(provenance, tmp_path):
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /\x1b[31m\n")
    url = "https://a.example/\x1b[31m"
    assert "\x1b" not in provenance(*ASKED, "robots.txt", "--url", url, cwd=tmp_path).stdout


def test_a_card_beside_the_data_is_mentioned_and_counts_if_named(provenance, tmp_path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.jsonl").write_text('{"text": "Some words of nobody in particular."}\n')
    card = tmp_path / "data" / "README.md"
    card.write_text("---\nlicense: cc-by-sa-4.0\nsource_datasets: [allenai/c4]\n---\n")
    asked = ("check", "data", "--declared-only", "--no-cache")
    told = provenance(*asked, cwd=tmp_path)
    assert told.returncode == 0
    assert (
        "Note: data/README.md declares cc-by-sa-4.0 and that it is made of allenai/c4,"
        in told.stderr
    )
    assert "--signals data/README.md" in told.stderr
    for form in ("terminal", "markdown", "html", "json"):
        report = provenance(*asked, "--format", form, cwd=tmp_path).stdout
        assert "README.md declares cc-by-sa-4.0" in report.replace("\\", ""), form
    assert provenance(*asked, "--quiet", cwd=tmp_path).stderr == ""
    counted = provenance(*asked, "--signals", str(card), cwd=tmp_path)
    assert "README.md declares" not in counted.stderr + counted.stdout
    assert "cc-by-sa-4.0" in counted.stdout


def test_a_report_without_registries_names_none_of_our_own(provenance, tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Some words.", "license": "cc-by-4.0"}\n')
    told = provenance("check", "a.jsonl", "--declared-only", "-o", "report", cwd=tmp_path)
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    for report in (told.stdout, page):
        assert "declared-only-" not in report
        assert "the check is of what documents declare" in " ".join(report.split())
    command = page.partition("provenance check a.jsonl")[2].partition("</code>")[0]
    assert "--declared-only" in command
    assert "--registry" not in command
