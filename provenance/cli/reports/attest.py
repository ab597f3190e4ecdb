"""`provenance attest`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import pipeline
from provenance.cli.error_reporting import CLEAR, FAILED, VIOLATED, print_error
from provenance.cli.lazy_groups import ParentCommand
from provenance.cli.options.key_options import (
    check_trust,
    key_option,
    open_key,
    trust_options,
)
from provenance.cli.options.path_options import OUTPUT_FILE, files, folders, output_file_option
from provenance.cli.reports.attestation_summary import attestation_lines
from provenance.cli.terminal_output import echo
from provenance.errors import SigningError
from provenance.signing.keys import create_key
from provenance.startup import lean_imports

if TYPE_CHECKING:
    from provenance.pipeline.attesting.attestations import Attestation
    from provenance.signing.envelopes import Trust

_EXAMPLES = """
\b
Examples:
  provenance attest report --key ~/.ssh/id_ed25519 -o report.dsse.json
  provenance attest report --key key --claims claims.jsonl
  provenance attest report --key key --model model.safetensors -o a.dsse.json
"""
_VERIFY_EXAMPLES = """
\b
Examples:
  provenance attest verify report.dsse.json --key key.pub
  provenance attest verify claims.jsonl --allowed-signers allowed_signers
  provenance attest verify report.dsse.json --key key.pub --report report
  provenance attest verify report.dsse.json --key key.pub --dataset data
"""
_KEY_EXAMPLES = """
\b
Example:
  provenance attest new-key key
"""
_model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="The model that was trained with the dataset: its SHA-256 is stated, too.",
)
_model_digest_option = click.option(
    "--model-digest",
    metavar="SHA256",
    help="The same, by its digest: sha256:...",
)


@click.command("attest", cls=ParentCommand, epilog=_EXAMPLES)
@click.argument("report", type=click.Path(path_type=Path), shell_complete=folders)
@key_option
@output_file_option
@click.option(
    "--claims",
    type=OUTPUT_FILE,
    metavar="FILE",
    help="Append to this file of signed statements, such as claims.jsonl beside a model.",
)
@_model_option
@_model_digest_option
def command(
    report: Path,
    key: Path,
    output: Path | None,
    claims: Path | None,
    model: Path | None,
    model_digest: str | None,
) -> int:
    """Sign what a check found: the outcome in REPORT, with the digests of all that it rests on.

    The statement is in-toto's, in a DSSE envelope on one line. Its subject is the dataset; it
    contains no text, and no name but the paths of the report. Needs the extra `sign`. The exit code
    does not depend on the verdict.
    """
    if model is not None and model_digest is not None:
        raise click.UsageError("give --model or --model-digest")
    signer = open_key(key)
    line = pipeline.attest(_folder(report), signer, pipeline.model_subject(model, model_digest))
    if claims is not None:
        pipeline.append_claim(claims, line)
    if output is not None:
        with lean_imports():
            from provenance.report.files.report_folder import (  # noqa: PLC0415 (slow import)
                write_text,
            )
        write_text(line.decode(), output)
    if output is None and claims is None:
        click.echo(line, nl=False)
    return CLEAR


@click.command("verify", epilog=_VERIFY_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=files)
@trust_options
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="REPORT",
    shell_complete=folders,
    help="Report that it must be about; all its files are verified.",
)
@click.option(
    "--dataset",
    "dataset",
    multiple=True,
    metavar="PATH",
    shell_complete=files,
    help="Dataset that it must be about, named as in the check; repeatable.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="FILE",
    shell_complete=files,
    help="Model that it must be about.",
)
@_model_digest_option
@click.option(
    "--require-pass",
    is_flag=True,
    help="Exit with 1 if the check did not pass, or is not decided.",
)
def verify(  # noqa: PLR0913 (one parameter per option)
    file: Path,
    keys: tuple[Path, ...],
    allowed_signers: Path | None,
    identity: str | None,
    report: Path | None,
    dataset: tuple[str, ...],
    model: Path | None,
    model_digest: str | None,
    require_pass: bool,
) -> int:
    """Verify who signed FILE, that nothing in it was changed, and say what it states.

    FILE has one signed statement, or one on each line, all of which are verified; - is standard
    input. Exit codes: 0 valid, 2 not valid or not verified.
    """
    check_trust(keys, allowed_signers, identity)
    if model is not None and model_digest is not None:
        raise click.UsageError("give --model or --model-digest")
    trust = pipeline.read_trust(keys, allowed_signers, identity)
    found = list(_verified(pipeline.read_statements(file), trust))
    expected = pipeline.ExpectedSubjects(
        report=None if report is None else _folder(report),
        dataset=dataset,
        model=pipeline.model_subject(model, model_digest),
    )
    about = [(where, each) for where, each in found if each is not None]
    if len(about) < len(found):
        return FAILED
    outcome = CLEAR
    for where, attestation in pipeline.attestations_about(str(file), about, expected):
        echo(*attestation_lines(where, attestation, expected))
        if require_pass and attestation.result != "PASSED":
            outcome = VIOLATED
    return outcome


def _verified(
    statements: Sequence[tuple[str, bytes]], trust: "Trust"
) -> Iterator[tuple[str, "Attestation | None"]]:
    """Yield the attestations; None for one that is not valid, of which an error is printed."""
    for where, content in statements:
        try:
            yield where, pipeline.verify_attestation(content, where, trust)
        except SigningError as error:
            if len(statements) == 1:
                raise
            print_error(error.message, error.remedy)
            yield where, None


@click.command("new-key", epilog=_KEY_EXAMPLES)
@click.argument("file", type=OUTPUT_FILE)
def new_key(file: Path) -> None:
    """Make an ed25519 key: the private key in FILE, the public key in FILE.pub.

    The key is locked with the passphrase in PROVENANCE_KEY_PASSPHRASE, if that is set. A key that
    `ssh-keygen -t ed25519` or `openssl genpkey -algorithm ed25519` made does, too.
    """
    public = create_key(file, pipeline.environment_passphrase())
    echo(
        f"Private key, keep it secret: {file}",
        f"Public key, for those who verify: {file}.pub",
        f"Fingerprint: {public.fingerprint}",
    )


command.subcommands = {"verify": verify, "new-key": new_key}


def _folder(report: Path) -> Path:
    return report.parent if report.is_file() else report
