"""`provenance.attest` and others: attestations and repeated checks, as functions."""

from dataclasses import replace
from os import PathLike
from pathlib import Path

from provenance.errors import SignatureInvalid
from provenance.pipeline.attesting.attestations import (
    Attestation,
    ExpectedSubjects,
    append_claim,
    attestations_about,
    model_subject,
    open_key,
    read_statements,
    read_trust,
)
from provenance.pipeline.attesting.attestations import attest as sign_report
from provenance.pipeline.attesting.attestations import verify_attestation as verify_line
from provenance.pipeline.attesting.report_replay import Replay, replay
from provenance.pipeline.attesting.signed_folders import SignedFolder
from provenance.pipeline.attesting.signed_folders import sign_folder as sign_files
from provenance.pipeline.attesting.signed_folders import verify_folder as verify_files
from provenance.pipeline.execution.progress import ProgressCallback, report_progress_to
from provenance.pipeline.python_api.argument_checks import public_function
from provenance.pipeline.python_api.option_types import Address, Addresses
from provenance.pipeline.python_api.python_inputs import find_addresses
from provenance.pipeline.settings import Settings
from provenance.signing.envelopes import Trust


@public_function
def attest(
    report: Address,
    key: Address,
    *,
    model: Address | None = None,
    model_digest: str | None = None,
    claims: Address | None = None,
) -> str:
    """Sign what a check found, as `provenance attest` does.

    Parameters
    ----------
    report : str or path
        Folder of the report.
    key : str or path
        Private key; its passphrase is taken from `PROVENANCE_KEY_PASSPHRASE`.
    model : str or path, optional
        The model that was trained with the dataset.
    model_digest : str, optional
        The same, by its SHA-256.
    claims : str or path, optional
        File to which the statement is appended.

    Returns
    -------
    str
        The signed statement, one line.

    Raises
    ------
    ProvenanceError
        If the report was changed, or the key cannot be used.
    """
    subject = model_subject(None if model is None else Path(model), model_digest)
    line = sign_report(Path(report), open_key(Path(key)), subject)
    if claims is not None:
        append_claim(Path(claims), line)
    return line.decode()


@public_function
def verify_attestation(  # noqa: PLR0913 (the options of the command)
    file: Address,
    *,
    keys: Addresses = (),
    allowed_signers: Address | None = None,
    identity: str | None = None,
    report: Address | None = None,
    dataset: Addresses | None = None,
    model: Address | None = None,
    model_digest: str | None = None,
) -> tuple[Attestation, ...]:
    """Verify the signed statements in a file, as `provenance attest verify` does.

    Parameters
    ----------
    file : str or path
        One statement on each line.
    keys : str, path, or iterable of them, optional
        Public keys that you trust.
    allowed_signers : str or path, optional
        File of those who may sign, in the format of OpenSSH.
    identity : str, optional
        The name in it that the signer must have.
    report : str or path, optional
        Report that they must be about.
    dataset : str, path, or iterable of them, optional
        Dataset that they must be about.
    model : str or path, optional
        Model that they must be about.
    model_digest : str, optional
        The same, by its SHA-256.

    Returns
    -------
    tuple of Attestation
        At least one. `check.status` is "pass", "warn" (not decided), "fail" or "incomplete":
        validly signed does not mean that the check passed.

    Raises
    ------
    SigningError
        If a statement is not valid, or none is about what was named.
    """
    trust = _trust(file, keys, allowed_signers, identity)
    expected = ExpectedSubjects(
        report=None if report is None else Path(report),
        dataset=() if dataset is None else tuple(find_addresses(dataset) or ()),
        model=model_subject(None if model is None else Path(model), model_digest),
    )
    found = [
        (where, verify_line(content, where, trust))
        for where, content in read_statements(Path(file))
    ]
    return tuple(each for _, each in attestations_about(str(file), found, expected))


def _trust(
    what: Address, keys: Addresses, allowed_signers: Address | None, identity: str | None
) -> Trust:
    """Return whose signatures count; raises `SignatureInvalid` if nobody's do."""
    named = [keys] if isinstance(keys, str | PathLike) else keys
    trust = read_trust(
        [Path(key) for key in named],
        None if allowed_signers is None else Path(allowed_signers),
        identity,
    )
    if not trust.signers:
        raise SignatureInvalid(
            f"{what}: nobody is trusted", remedy="give keys= or allowed_signers=, which has some"
        )
    return trust


@public_function
def sign_folder(folder: Address, key: Address) -> tuple[str, ...]:
    """Sign all files of an answer or of documents, as `provenance audit sign` does.

    Parameters
    ----------
    folder : str or path
        The folder; it then has `signature.dsse.json`, too.
    key : str or path
        Private key; its passphrase is taken from `PROVENANCE_KEY_PASSPHRASE`.

    Returns
    -------
    tuple of str
        The files that are signed.

    Raises
    ------
    ProvenanceError
        If a file cannot be read, or the key cannot be used.
    """
    return sign_files(Path(folder), open_key(Path(key)))


@public_function
def verify_folder(
    folder: Address,
    *,
    keys: Addresses = (),
    allowed_signers: Address | None = None,
    identity: str | None = None,
) -> SignedFolder:
    """Verify who signed a folder, and compare its files, as `provenance audit verify` does.

    Parameters
    ----------
    folder : str or path
        The folder.
    keys, allowed_signers, identity : optional
        Whose signatures count, as for `verify_attestation`.

    Returns
    -------
    SignedFolder
        True if all is as it was signed; else `changed`, `missing` and `added` name files.

    Raises
    ------
    SigningError
        If it is not validly signed by anybody who is trusted.
    """
    return verify_files(Path(folder), _trust(folder, keys, allowed_signers, identity))


@public_function
def replay_report(
    report: Address, *, threads: int | None = None, progress: ProgressCallback | None = None
) -> Replay:
    """Repeat the check that a report is of, as `provenance report verify --replay` does.

    Parameters
    ----------
    report : str or path
        Folder of the report, whose files are verified first.
    threads : int, optional
        Number of threads.
    progress : callable, optional
        As for `check`.

    Returns
    -------
    Replay
        `is_same`; else `inputs` that were changed, `fields` of the result that differ, and how
        many findings are `new` and `gone`.

    Raises
    ------
    ProvenanceError
        If the report was changed, or the check cannot be repeated.
    """
    settings = Settings() if threads is None else replace(Settings(), threads=threads)
    with report_progress_to(progress):
        return replay(Path(report), settings)
