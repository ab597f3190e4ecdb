"""docs/commands.md holds what `--help` prints, of every command. `make docs` writes it anew."""

import re
from functools import cache
from pathlib import Path

import click

from provenance.cli import COMMANDS
from provenance.cli.commands import make_command
from tests.cli.commandline import provenance

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
HEAD = """\
# Commands

Written by `make docs` from what `--help` prints at 80 columns.

Results go to stdout or into `--output`; progress, notes and errors to stderr. An error is a line of
what is wrong and a line of what to try. Exit codes: 0 clear, 1 the policy is violated (or a rule
file has mistakes), 2 the work could not be done.

## Completion in your shell

The shell asks `provenance` itself what may come next: commands, options, their values, files and
folders. For bash, put this into `~/.bashrc`; for zsh, with `zsh_source`, into `~/.zshrc`:

```sh
eval "$(_PROVENANCE_COMPLETE=bash_source provenance)"
```

For fish, save it once:

*Not run by our tests: it writes into your home.*

```sh
_PROVENANCE_COMPLETE=fish_source provenance > ~/.config/fish/completions/provenance.fish
```
"""


def paths(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Give the words of every command below one, itself first."""
    found = [path]
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                assert below is not None
                found += paths(below, (*path, name))
    return found


def help_text(path: tuple[str, ...]) -> str:
    done = provenance(*path, "--help", cwd=PAGE.parent)
    done.check_returncode()
    return done.stdout


@cache
def written() -> str:
    """Write the page as it is now."""
    sections = [HEAD]
    for path in paths(make_command(COMMANDS)):
        title = " ".join(("provenance", *path))
        sections.append(f"## `{title}`\n\n```text\n{help_text(path).rstrip()}\n```\n")
    return "\n".join(sections)


def test_the_page_is_what_help_prints():
    assert PAGE.read_text("utf-8") == written(), "run `make docs`"


def test_help_fits_eighty_columns():
    texts = written().removeprefix(HEAD)
    assert [line for line in texts.splitlines() if len(line) > 80] == []


def test_groups_list_whole_sentences_in_the_order_of_their_use():
    listed = help_text(("registry",)).partition("Commands:\n")[2]
    assert re.findall(r"^  (\w+)", listed, re.MULTILINE) == [
        "build",
        "add",
        "show",
        "fit",
        "verify",
    ]
    assert "..." not in listed


def test_every_command_is_there():
    found = {" ".join(path) for path in paths(make_command(COMMANDS))}
    assert set(COMMANDS) < found
    assert {"registry build", "rules explain", "policy init"} < found


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
