"""`sign` and `verify` of folders with documents: `provenance audit sign`, `disclose verify`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, VIOLATED
from provenance.cli.options.key_options import check_trust, key_option, open_key, trust_options
from provenance.cli.options.path_options import folders
from provenance.cli.terminal_output import echo
from provenance.report.text.number_format import count

if TYPE_CHECKING:
    from provenance.pipeline.attesting.signed_folders import SignedFolder

_folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path), shell_complete=folders
)


def signing_commands(parent: str) -> dict[str, click.Command]:
    """Return the commands `sign` and `verify` of a command that writes folders."""
    examples = "\b\nExample:\n  provenance"

    @click.command("sign", epilog=f"{examples} {parent} sign answer --key ~/.ssh/id_ed25519\n")
    @_folder_argument
    @key_option
    def sign(folder: Path, key: Path) -> int:
        """Sign all files in DIR: what is changed, removed or added later is found by `verify`.

        Their digests are signed in signature.dsse.json, a DSSE envelope on one line, which stays in
        the folder. The name given with --signed-by is text that anybody can type; this is proof
        of who signed. Needs the extra `sign`.
        """
        signed = pipeline.sign_folder(folder, open_key(key))
        echo(f"Signed {count(len(signed), 'file')}: {folder / pipeline.SIGNATURE_FILE}")
        return CLEAR

    @click.command("verify", epilog=f"{examples} {parent} verify answer --key key.pub\n")
    @_folder_argument
    @trust_options
    def verify(
        folder: Path, keys: tuple[Path, ...], allowed_signers: Path | None, identity: str | None
    ) -> int:
        """Verify who signed DIR, and that its files are as they were signed.

        Exit codes: 0 as signed; 1 validly signed, but files were changed, removed or added since,
        which are named; 2 not signed by anybody whom you trust, or not verified.
        """
        check_trust(keys, allowed_signers, identity)
        trust = pipeline.read_trust(keys, allowed_signers, identity)
        found = pipeline.verify_folder(folder, trust)
        echo(*_lines(folder, found))
        return CLEAR if found else VIOLATED

    return {"sign": sign, "verify": verify}


def _lines(folder: Path, found: "SignedFolder") -> Iterator[str]:
    yield f"{folder}: {'as it was signed' if found else 'NOT as it was signed'}"
    for signer in found.signers:
        key = "" if signer.name == signer.fingerprint else f", key {signer.fingerprint}"
        yield f"  Signed by  {signer.name}{key}"
    yield f"  Files      {count(len(found.files), 'file')} signed"
    differences = (("changed", found.changed), ("missing", found.missing), ("added", found.added))
    for what, names in differences:
        yield from (f"  {what.capitalize():9}  {name}" for name in names)
