"""Every command that a page shows runs, in its order, and ends and prints as the page says."""

import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.commandline import ENVIRONMENT, Done, provenance
from tests.docs.blocks import SHELLS, blocks, calls, commands, shown_in
from tests.docs.conftest import PAGES

NOT_RUN = 18
"""Blocks that no test runs: each says so, and why. More of them need a reason of their own."""


def in_a_shell(script: str, folder: Path) -> Done:
    here = str(Path(sys.executable).parent)
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | ENVIRONMENT | {"PATH": os.pathsep.join([here, os.environ["PATH"]])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def python(name: str, cwd: Path) -> Done:
    """Run a program of a page in this process."""
    printed, complained, code = StringIO(), StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(printed),
        redirect_stderr(complained),
    ):
        patch.chdir(cwd)
        patch.setattr(sys, "argv", [name])
        try:
            runpy.run_path(name, run_name="__main__")
        except Exception:
            traceback.print_exc()
            code = 1
    return Done(["python", name], code, printed.getvalue(), complained.getvalue())


def run(script: str, folder: Path) -> Done:
    """Do what a shell would; here, without starting anything, where `calls` knows all of it."""
    asked = calls(script)
    if asked is None:
        return in_a_shell(script, folder)
    done = [Done(script, 0, "", "")]
    for command, *arguments in asked:
        if done[-1].returncode == 0:
            here = provenance if command == "provenance" else python
            done.append(here(*arguments, cwd=folder))
    told = "".join(each.stdout for each in done), "".join(each.stderr for each in done)
    return Done(script, done[-1].returncode, *told)


def check(page: str, folder: Path, run: Callable[[str, Path], Done] = run) -> list[str]:
    """Do in an empty folder what a page says; give what came out otherwise."""
    wrong = []
    for block in blocks(page):
        where = f"line {block.line}"
        if block.saved_as:
            path = folder / block.saved_as
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, "utf-8")
        elif block.language in SHELLS and not block.not_run_because:
            is_console = block.language == "console"
            for command, shown in commands(block.body) if is_console else [(block.body, [])]:
                done = run(command, folder)
                if done.returncode != block.exits_with:
                    wrong.append(f"{where}: {command}: {done.returncode}\n{done.stderr}")
                missing = shown_in(shown, done.stdout + done.stderr)
                if missing is not None:
                    wrong.append(f"{where}: {command} does not print {missing!r}\n{done.stdout}")
    return wrong


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_so(name, pages, tmp_path):
    if name == "docs/disclosures.md":
        pytest.importorskip("py3langid", reason="the extra `disclose` is not installed")
    if name in {"docs/attestation.md", "docs/exchange.md"}:
        pytest.importorskip("securesystemslib", reason="the extra `sign` is not installed")
    # What a newcomer types first is typed: the installed command, in a shell.
    assert check(pages[name], tmp_path, in_a_shell if name == "README.md" else run) == []


def test_what_no_test_runs_is_counted(pages):
    left = [
        f"{name}:{block.line}: {block.not_run_because}"
        for name, page in pages.items()
        for block in blocks(page)
        if block.not_run_because
    ]
    assert len(left) == NOT_RUN, "\n".join(left)
    ran = sum(
        block.language in SHELLS and not block.not_run_because
        for page in pages.values()
        for block in blocks(page)
    )
    assert ran > 2 * NOT_RUN


BROKEN = {
    "a command that fails": "```sh\nfalse\n```\n",
    "a command behind one that fails": "```sh\nfalse\ntrue\n```\n",
    "a command of ours that fails": "```sh\nprovenance chekc\n```\n",
    "one of ours behind one that fails": "```sh\nprovenance chekc\nprovenance --version\n```\n",
    "a program that fails": "Save this as `a.py`:\n\n```\n1 / 0\n```\n\n```sh\npython a.py\n```\n",
    "words that ours does not print": "```console\n$ provenance --version\n2001\n```\n",
    "a failure that does not come": "*Ends with exit code 1.*\n\n```sh\ntrue\n```\n",
    "words that are not printed": "```console\n$ echo one\ntwo\n```\n",
    "words in another order": "```console\n$ printf 'one\\ntwo\\n'\ntwo\none\n```\n",
    "words left out without saying so": "```console\n$ printf '1\\n2\\n3\\n'\n1\n3\n```\n",
    "a file that was not saved": "This is `a.txt`:\n\n```\nx\n```\n\n```sh\ncat a.txt\n```\n",
}


@pytest.mark.parametrize("page", BROKEN.values(), ids=BROKEN)
def test_a_page_that_is_wrong_is_caught(page, tmp_path):
    assert len(check(page, tmp_path)) == 1


def test_a_page_that_is_right_passes(tmp_path):
    page = """
Save this as `a/b.txt`, for example:

```text
one
two
three
```

```console
$ cat \\
    a/b.txt
one
…
three
```

*Ends with exit code 3.*

```sh
exit 3
```

*Not run by our tests: it needs the moon.*

```sh
false
```
"""
    assert check(page, tmp_path) == []


def test_what_is_called_here_is_what_a_shell_would_call():
    script = """provenance clean a -o b \\
    --redact '[a b]' --text-column "it's #1"
provenance --version    # it's 1.0
"""
    clean = ["clean", "a", "-o", "b", "--redact", "[a b]", "--text-column", "it's #1"]
    assert calls(script) == [["provenance", *clean], ["provenance", "--version"]]
    assert calls("python look.py\n") == [["python", "look.py"]]


@pytest.mark.parametrize(
    "script",
    [
        "provenance check *.jsonl",
        "provenance check $DATA",
        "cat a.jsonl | provenance check -",
        "provenance check a > b",
        "provenance --version; false",
        "A=b provenance check c",
        'provenance check "$a"',
        "provenance check a#b",
        "ls\nprovenance check a",
        "python -m provenance",
        "python look.py data",
        "for each in a b\ndo\nprovenance check c\ndone",
    ],
)
def test_what_takes_a_shell_is_left_to_one(script):
    assert calls(script) is None
