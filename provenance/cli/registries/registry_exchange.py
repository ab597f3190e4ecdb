"""`provenance registry`: commands that exchange registries with others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from provenance import pipeline
from provenance.cli.options.path_options import LOCAL_FOLDER, files, folders
from provenance.cli.options.shared_options import (
    allow_unread_option,
    make_settings,
    registry_key_option,
    split_option,
    threads_option,
    trust_option,
)
from provenance.cli.registries.registry_summary import (
    intersection_lines,
    pull_lines,
    push_lines,
    signing_lines,
)
from provenance.cli.terminal_output import echo
from provenance.cli.unread_errors import unread_code
from provenance.errors import OutputError

_REGISTRY = click.argument("registry", type=LOCAL_FOLDER, shell_complete=folders)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
_FRESH_FOR = click.option(
    "--fresh-for",
    "fresh_days",
    type=click.IntRange(1, 36_500),
    metavar="DAYS",
    help="State that copies count as fresh for this long: by then, you publish again. Unset: as "
    "stated before.",
)


@click.command(
    "push",
    epilog="""
\b
Examples:
  provenance registry push registries/x s3://bucket/registries/x
  provenance registry push registries/x /mnt/shared/x --fresh-for 30
""",
)
@_REGISTRY
@click.argument("address")
@_FRESH_FOR
@click.option(
    "--verify",
    is_flag=True,
    help="Read the files that are there, and send damaged ones again. Unset: at addresses of other "
    "machines, files of the right size count as intact.",
)
@_QUIET
def push(registry: Path, address: str, fresh_days: int | None, verify: bool, quiet: bool) -> None:
    """Publish REGISTRY at ADDRESS, or what has changed since it was published there.

    ADDRESS is a folder, or an address such as s3://bucket/folder. Only files that are not there are
    sent, the manifest last: whoever reads meanwhile sees the registry as it was, or as it is
    afterwards. A push that was killed continues. Files of earlier versions are removed, since they
    may have items that were withdrawn.
    """
    outcome = pipeline.push(registry, address, fresh_days=fresh_days, verify=verify, quiet=quiet)
    if not quiet:
        echo(*push_lines(address, outcome))


@click.command(
    "pull",
    epilog="""
\b
Examples:
  provenance registry pull s3://bucket/registries/x -o registries/x
  provenance registry pull /mnt/shared/x -o registries/x --purge
""",
)
@click.argument("address")
@click.option(
    "-o",
    "--output",
    type=LOCAL_FOLDER,
    required=True,
    metavar="DIR",
    shell_complete=folders,
    help="Where to: a new folder, or one that was pulled from ADDRESS before.",
)
@click.option(
    "--allow-older",
    is_flag=True,
    help="Take a version that is older than the one here. Unset: an error, since withdrawn items "
    "would come back.",
)
@click.option(
    "--purge",
    is_flag=True,
    help="If items were withdrawn, clear the result cache, which may quote them.",
)
@registry_key_option
@trust_option
@_QUIET
def pull(
    address: str, output: Path, allow_older: bool, purge: bool, trust: str | None, quiet: bool
) -> None:
    """Fetch the registry at ADDRESS, or what has changed since it was fetched.

    Only files that are not here are fetched, and verified by their digests; a pull that was killed
    continues. Items that were withdrawn there are withdrawn here, and the files that had them are
    removed. DIR is for pulls alone: a registry that was changed here is not overwritten.
    """
    ledger = pipeline.ledger_of_policy()
    trust = trust or pipeline.trust_of_policy()
    outcome = pipeline.pull(
        address,
        output,
        check=None if trust is None else pipeline.trust_check(address, trust),
        allow_older=allow_older,
        purge=purge,
        quiet=quiet,
    )
    if ledger is not None and len(outcome.difference.tombstones):
        tombstones, digest = outcome.difference.tombstones, outcome.manifest.digest
        pipeline.record_tombstones(ledger, tombstones, digest, f"pulled from {address}")
    if not quiet:
        echo(*pull_lines(output, outcome))


@click.command(
    "sign",
    epilog="""
\b
Examples:
  provenance registry sign registries/x --key owner.key
  provenance registry sign registries/x --key owner.key --fresh-for 30
""",
)
@_REGISTRY
@click.option(
    "--key",
    "keys",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    metavar="FILE",
    shell_complete=files,
    help="Private key: ed25519 or ECDSA on P-256, PEM or OpenSSH; its passphrase is read from "
    "PROVENANCE_KEY_PASSPHRASE. Repeatable.",
)
@click.option(
    "--as",
    "principal",
    metavar="NAME",
    help="Sign under this name of the reader's trust file. Unset: under all that the key has "
    "there.",
)
@_FRESH_FOR
@registry_key_option
@_QUIET
def sign(
    registry: Path,
    keys: tuple[Path, ...],
    principal: str | None,
    fresh_days: int | None,
    quiet: bool,
) -> None:
    """Sign REGISTRY: that its items are content of its sources, in their owners' name.

    The signature is a file of REGISTRY, and is pushed with it. It covers the manifest, and with it
    every file. A change of REGISTRY removes it: sign again before you push.
    """
    signing = pipeline.sign(registry, keys, principal, fresh_days=fresh_days)
    for key in signing.exposed:
        echo(f"Note: others on this machine may read {key}: chmod 600 {key}", err=True)
    if not quiet:
        echo(*signing_lines(signing))


_TOKEN = click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    shell_complete=files,
    help="File with the token that server and clients share: 16 letters and digits or more.",
)


@click.command(
    "serve",
    epilog="""
\b
Example:
  provenance registry serve registries/x --token-file token
""",
)
@click.argument("registry", shell_complete=folders)
@_TOKEN
@click.option(
    "--host", default="127.0.0.1", metavar="HOST", help="Listen here. Default: 127.0.0.1."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, metavar="N", help="Default: 8765."
)
@click.option(
    "--allow-reveal",
    is_flag=True,
    help="Also tell clients which of their texts are items of REGISTRY, not only how many.",
)
@click.option(
    "--queries-per-hour",
    type=click.IntRange(min=1),
    default=60,
    metavar="N",
    help="Refuse more queries. Default: 60.",
)
@click.option(
    "--max-elements",
    type=click.IntRange(min=1),
    default=1_000_000,
    metavar="N",
    help="Refuse larger queries. Default: 1,000,000.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Append a line of JSON for each query. Unset: to stderr.",
)
@registry_key_option
def serve(  # noqa: PLR0913 (one parameter per option)
    registry: str,
    token_file: Path,
    host: str,
    port: int,
    allow_reveal: bool,
    queries_per_hour: int,
    max_elements: int,
    log: Path | None,
) -> None:
    """Let others ask how much of their data is in REGISTRY, without showing it (EXPERIMENTAL).

    Experimental: the protocol was not reviewed by anybody outside of this project. It assumes that
    both sides follow it. A client learns how many of its texts (20 words or more) and of its
    sampled runs of eight words are in REGISTRY, and can try texts that it guesses. The server
    learns how many there are. Both see the other's number of elements.

    The connection is not encrypted: for clients on other machines, put a proxy with TLS before it.
    """
    limits = pipeline.ServerLimits(allow_reveal, queries_per_hour, max_elements)
    token = pipeline.read_token(token_file)
    with _open_log(log) as write:
        server = pipeline.IntersectionServer((host, port), registry, token, limits, write)
        with server:
            echo(f"Experimental. Serving {registry} at {server.url}; end with Ctrl-C.", err=True)
            server.serve_forever()


@contextmanager
def _open_log(path: Path | None) -> Iterator[Callable[[str], object]]:
    if path is None:
        yield lambda line: echo(line, err=True)
        return
    try:
        file = path.open("a", encoding="utf-8", buffering=1)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", remedy="name another file with --log"
        ) from error
    with file:
        yield lambda line: file.write(f"{line}\n")


@click.command(
    "ask",
    epilog="""
\b
Examples:
  provenance registry ask http://127.0.0.1:8765 data --token-file token
  provenance registry ask https://x.example a.sketch --token-file token
""",
)
@click.argument("url")
@click.argument("corpus", metavar="CORPUS", shell_complete=files)
@_TOKEN
@click.option(
    "--reveal",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also learn which texts are shared, if the server allows it: file and row, as CSV.",
)
@split_option
@threads_option
@allow_unread_option
@_QUIET
def ask(  # noqa: PLR0913 (one parameter per option)
    url: str,
    corpus: str,
    token_file: Path,
    reveal: Path | None,
    split: str | None,
    threads: int | None,
    allow_unread: int,
    quiet: bool,
) -> int:
    """Ask the server at URL how much of CORPUS is in its registry (EXPERIMENTAL).

    Experimental: the protocol was not reviewed by anybody outside of this project. CORPUS is a
    dataset, or a sketch of one (`provenance fingerprint`), of which only runs are compared. No text
    and no hash that could be tried is sent. The numbers are no verdict: ask the owner.
    """
    settings = make_settings(threads, no_cache=True, quiet=quiet, split=split)
    answers = pipeline.ask(url, corpus, pipeline.read_token(token_file), settings, reveal)
    if not quiet:
        echo(*intersection_lines(answers))
    return unread_code(
        answers.unread, allow_unread, "only what was read was compared", "then ask again"
    )


EXCHANGE = [sign, push, pull, serve, ask]
"""The commands, in the order of the help."""
