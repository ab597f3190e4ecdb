"""The fenced blocks of our pages: what is run, what is saved, and what is said to be neither.

What a reader is told is what the tests go by, and it stands before a block, in plain sight:

- "Save this as `NAME`:" ends the paragraph: the block is that file, from then on.
- "*Ends with exit code 1.*": so it does.
- "*Not run by our tests: REASON*": it needs what a test has not, such as a network.
"""

import re
import shlex
from dataclasses import dataclass

SHELLS = ("sh", "console")
SAVED = re.compile(r"[Ss]ave (?:this|the following) as\s+`([^`]+)`[^`]*:$")
EXITS = re.compile(r"\*Ends with exit code (\d)\.\*$")
UNRUN = re.compile(r"\*Not run by our tests: ([^*]+)\*$")
_FOR_A_SHELL = re.compile(r"[|&;<>()$`*?~{}#\"\[\]]")
_QUOTED = re.compile(r"""'[^']*'|"[^"$`\\!]*"|(?<=\s)#.*""")
"""Words in quotes of which a shell changes nothing, and comments."""
_CALL = re.compile(r"\s*(provenance\b|python \S+\.py\s*$)")
_FENCE = re.compile(r"^(`{3,})(\S*)$")


@dataclass(frozen=True)
class Block:
    """One fenced block, and what the words before it say of it."""

    line: int
    language: str
    body: str
    before: str

    @property
    def saved_as(self) -> str | None:
        found = SAVED.search(self.before)
        return found[1] if found else None

    @property
    def exits_with(self) -> int:
        found = EXITS.search(self.before)
        return int(found[1]) if found else 0

    @property
    def not_run_because(self) -> str | None:
        found = UNRUN.search(self.before)
        return found[1] if found else None


def blocks(page: str) -> list[Block]:
    """Give the fenced blocks of a page, each with the paragraph before it."""
    found, before, inside = [], [], None
    for number, line in enumerate(page.splitlines(), 1):
        fence = _FENCE.match(line.strip())
        if inside is not None and fence and fence[1] == inside[1]:
            body = "".join(f"{each}\n" for each in inside[3])
            words = " ".join(" ".join(before).split())
            found.append(Block(inside[0], inside[2], body, words))
            before, inside = [], None
        elif inside is not None:
            inside[3].append(line)
        elif fence:
            inside = number, fence[1], fence[2], []
        elif line.strip():
            before = [line] if before[-1:] == [""] else [*before, line]
        else:
            before = [*before, ""] if before and before[-1] else before
    assert inside is None, f"a block opened on line {inside and inside[0]} is never closed"
    return found


def commands(body: str) -> list[tuple[str, list[str]]]:
    """Take a `console` block apart: each command, and the lines that it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\") and not found[-1][1]:
            found[-1] = f"{found[-1][0]}\n{line}", []
        else:
            found[-1][1].append(line)
    return found


def calls(script: str) -> list[list[str]] | None:
    """Give the words of each command, where all are `provenance` or `python FILE`, else None.

    It is None for whatever a shell would do more than take words apart: pipes, variables, patterns.
    """
    lines = script.replace("\\\n", " ").splitlines()
    if _FOR_A_SHELL.search(_QUOTED.sub("", script)) or not all(map(_CALL.match, lines)):
        return None
    return [shlex.split(line, comments=True) for line in lines]


def shown_in(shown: list[str], printed: str) -> str | None:
    """Give the first line of `shown` that `printed` lacks, in order; a line of "…" stands for any.

    Without such a line, what is shown is printed in one piece.
    """
    lines, place, gap = printed.splitlines(), 0, True
    for line in shown:
        if line.strip() == "…":
            gap = True
            continue
        rest = lines[place:]
        if line.rstrip() not in [each.rstrip() for each in (rest if gap else rest[:1])]:
            return line
        place += [each.rstrip() for each in rest].index(line.rstrip()) + 1
        gap = False
    return None
