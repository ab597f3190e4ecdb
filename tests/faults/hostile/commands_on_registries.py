"""Every command that opens a registry, on one that was made to harm."""

import io
import random
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pyarrow as pa
from blake3 import blake3

from provenance.cli import COMMANDS
from provenance.cli.commands import make_command
from provenance.pipeline.exchange.key_files import make_key, read_key
from provenance.pipeline.item_addresses import known_addresses
from provenance.registry.build.registry_builder import create_registry, extend_registry
from provenance.registry.changes.mark_changes import mark_items
from provenance.registry.changes.opt_out_changes import add_opt_outs
from provenance.registry.changes.withdrawal import KeptFingerprints, remove_items
from provenance.registry.recipe import BuildStep, DumpRecord
from provenance.registry.segments.item_selection import Selection
from provenance.signing import create_key
from tests.cli.ledgers.audits import write
from tests.faults.hostile.hostile_registries import spoil, spoil_table
from tests.faults.isolated_cases import serve
from tests.registry.changes.changed_registries import LARGE, UNMERGED
from tests.registry.conftest import WORDS, Row, batch_of, some_rows

COMMANDS_ON_REGISTRIES = (
    "check data --registry registry --withdrawn-key key -q",
    "check data --registry other --background registry -q",
    "check data --registry other --control registry -q",
    "trace --file text.txt --registry registry",
    "fingerprint registry -o out.sketch",
    "compare registry rewritten",
    "audit x --registry registry --ledger ledger --requester me",
    "audit --author Somebody-3 --registry registry --ledger ledger --requester me",
    "audit --works ids.jsonl --registry registry --ledger ledger --requester me",
    "registry show registry -v",
    "registry show registry --items 7",
    "registry show registry --recipe",
    "registry show registry --withdrawn --source x",
    "registry verify registry",
    "registry add registry dump.jsonl --source x -q",
    "registry remove registry --ids ids.jsonl -q",
    "registry remove registry --author Somebody-3 --purge -q",
    "registry remove registry --before 2020-06 --on 2020-09-09 -q",
    "registry remove registry --before 2021 --keep-fingerprints 2030-01-01 --key key -q",
    "registry restore registry --ids ids.jsonl -q",
    "registry opt-out registry urls.jsonl -q",
    "registry mark registry --ids ids.jsonl -q",
    "registry mark registry --ids ids.jsonl --undo -q",
    "registry merge registry rewritten -o out -q",
    "registry merge rewritten registry -o out -q",
    "registry subset registry --source x -o out -q",
    "registry compact registry -q",
    "registry publish registry -o out --tier public -q",
    "registry publish registry -o out --tier keyed --key-file key -q",
    "registry publish registry -o out --tier keyed --key-file key --drop ids -q",
    "registry sign registry --key signing -q",
    "registry push registry out -q",
    "registry pull registry -o out -q",
    "registry pull registry -o pulled --allow-older -q",
    "registry fit registry clean.jsonl -q",
)


_KINDS = {"rewritten": UNMERGED, "pending": LARGE}
"""Whether the files of withdrawn items were rewritten at once, or are still to be."""

_DUMP = DumpRecord("dump.jsonl", "table", 1, 9000, "0" * 64)
_STEP = BuildStep("build", ("--source", "x"), (_DUMP,), datetime(2026, 1, 1, tzinfo=UTC), "0.9")


def prepare(folder: Path) -> None:
    """Make a registry that was changed in each way, what the commands are given, and a copy."""
    rows = some_rows(90, longest=60)
    ids, registry = [row["item"] for row in rows], folder / "registry"
    create_registry(registry, [batch_of(rows[:40])], record=lambda: _STEP)
    for added in (rows[30:60], [*rows[50:55], *rows[60:80]]):
        extend_registry(registry, [batch_of(added)], limits=UNMERGED, record=lambda: _STEP)
    call("registry pull registry -o pulled-before -q", folder)
    mark_items(registry, pa.array(ids[1:40:5]), note="planted")
    add_opt_outs(registry, pa.array(["a.example/12", "b.example"]), reason="by form")
    make_key(folder / "key")
    for name, limits in _KINDS.items():
        remove_items(
            shutil.copytree(registry, folder / name),
            Selection(ids=pa.array(ids[:20:3])),
            reason="on request",
            kept_fingerprints=KeptFingerprints(read_key(folder / "key"), date(2090, 1, 1)),
            limits=limits,
            canonical=known_addresses().canonical,
        )
    _prepare_arguments(folder, rows)


def _prepare_arguments(folder: Path, rows: list[Row]) -> None:
    ids = [row["item"] for row in rows]
    create_key(folder / "signing")
    write(folder / "dump.jsonl", [{**row, "created_at": "2021-05-06"} for row in rows[70:]])
    write(folder / "ids.jsonl", [{"id": each} for each in [*ids[:30:2], "of nobody"]])
    write(folder / "urls.jsonl", [{"url": f"https://a.example/{n}"} for n in range(9)])
    (folder / "data").mkdir()
    texts = [{"text": row["text"], "url": row["url"]} for row in rows[::2]]
    write(folder / "data" / "pages.jsonl", texts)
    create_registry(folder / "other", [batch_of(some_rows(30, seed=9, longest=60))])
    fact = {"kind": "dataset", "name": "data", "source": "x"}
    write(folder / "facts.jsonl", [fact])
    call("ledger import facts.jsonl --ledger ledger", folder)
    words = random.Random(3).choices(WORDS, k=220_000)
    write(folder / "clean.jsonl", [{"text": " ".join(words[n::200])} for n in range(200)])
    (folder / "text.txt").write_text("\n".join(row["text"] for row in rows))


def _spoil_names(folder: Path, dice: random.Random) -> None:
    """Spoil the digests of names of withdrawn items, whose file is named by its content."""
    [path] = folder.glob("withdrawn-names-*.parquet")
    spoil_table(path, dice)
    digest = blake3(path.read_bytes()).hexdigest()[:16]
    path.rename(folder / f"withdrawn-names-{digest}.parquet")


def run(folder: Path, case: int) -> None:
    """Spoil the registry of a case, and call a command on it."""
    if not (folder / "data").is_dir():
        prepare(folder)
    dice, registry = random.Random(case), folder / "registry"
    put_back(folder, dice.choice([*_KINDS]))
    _spoil_names(registry, dice) if dice.random() < 0.1 else spoil(registry, dice)
    call(COMMANDS_ON_REGISTRIES[case % len(COMMANDS_ON_REGISTRIES)], folder)


def put_back(folder: Path, kind: str = "rewritten") -> None:
    """Put the registry and what commands write as `prepare` left them."""
    for name in ("registry", "out", "out.sketch", "pulled"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.copytree(folder / kind, folder / "registry")
    shutil.copytree(folder / "pulled-before", folder / "pulled")


def call(command_line: str, folder: Path) -> None:
    """Call a command in a folder; its errors are raised."""
    command, words = make_command(COMMANDS), command_line.split()
    with chdir(folder), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            with command.make_context("provenance", words) as context:
                command.invoke(context)
        except click.ClickException as error:
            raise AssertionError(error.format_message()) from error


if __name__ == "__main__":
    serve(run)
