"""Every command that a page shows runs, in its order, and ends and prints as the page says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import SHELLS, blocks, commands, shown_in
from tests.docs.conftest import PAGES

NOT_RUN = 6
"""Blocks that no test runs: each says so, and why. More of them need a reason of their own."""


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    here = str(Path(sys.executable).parent)
    told = {
        "PATH": os.pathsep.join([here, os.environ["PATH"]]),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "HF_HUB_OFFLINE": "1",
    }
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | told,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def check(page: str, folder: Path) -> list[str]:
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
    assert check(pages[name], tmp_path) == []


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
