"""Attestations: signed statements that a dataset was checked, with the outcome."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from provenance.atomic_output import append_line, read_file, read_stream
from provenance.errors import InputError, OutputError, SignatureInvalid, SigningError
from provenance.file_hashing import sha256_stream
from provenance.model.json_encoding import from_json_value, to_json_value
from provenance.model.records.signed_statements import AttestedCheck
from provenance.model.results.corpus_files import CorpusFile, corpus_digest
from provenance.model.results.result import Result
from provenance.model.rules.policy import WaiverReason
from provenance.read.corpus.corpora import open_corpus
from provenance.read.corpus.file_access import translate_read_errors
from provenance.report.files import result_json
from provenance.report.files.report_reader import read_verified_report
from provenance.report.text.sentences import outcome_of
from provenance.signing.allowed_signers import (
    AllowedSigner,
    read_allowed_signers,
    signers_of_keys,
)
from provenance.signing.envelopes import Signer, Trust, sign_statement, verify_statement
from provenance.signing.keys import (
    PASSPHRASE_VARIABLE,
    PrivateKey,
    load_private_key,
    load_public_key,
)
from provenance.signing.statements import Namespace, Statement, Subject

TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
"""Type of the predicate: the outcome of a test."""

WARNED: Final = "WARNED"
"""Result of a check that passed only because no gate limits what is unknown."""

_RESULTS: Final = {"pass": "PASSED", "warn": WARNED, "fail": "FAILED", "incomplete": "FAILED"}
_DIGEST = re.compile("[0-9a-f]{64}")
_MAX_BYTES: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Attestation:
    """A verified attestation.

    Parameters
    ----------
    signers : tuple of Signer
        Who signed it.
    dataset : Subject
        The dataset, with the digest over its files.
    files : tuple of Subject
        Its files; none if they are not what `sha256sum` can read.
    model : Subject or None
        The model that was trained with it, if it says so.
    result : str
        "PASSED", "WARNED" or "FAILED".
    check : AttestedCheck
        The check.
    passed, failed : tuple of str
        The gates that hold, and those that failed.
    configuration : tuple of (str, str)
        What the check was made with, each with its SHA-256.
    """

    signers: tuple[Signer, ...]
    dataset: Subject
    files: tuple[Subject, ...]
    model: Subject | None
    result: str
    check: AttestedCheck
    passed: tuple[str, ...]
    failed: tuple[str, ...]
    configuration: tuple[tuple[str, str], ...]


def attest(folder: Path, key: PrivateKey, model: Subject | None = None) -> bytes:
    """Return a signed statement on a report, as one line.

    Parameters
    ----------
    folder : Path
        Folder of the report, whose files are verified first.
    key : PrivateKey
        Signs.
    model : Subject or None
        The model that was trained with the dataset.

    Raises
    ------
    ProvenanceError
        If the report cannot be read, or a file of it was changed.
    """
    report, digests = read_verified_report(folder)
    digest = digests[result_json.FILE_NAME]
    return sign_statement(attestation_statement(report.result, digest, model), key)


def attestation_statement(result: Result, digest: str, model: Subject | None = None) -> Statement:
    """Return the statement on a result; the same result gives the same bytes.

    Its subjects are the files of the dataset, each with its own SHA-256; last comes the model. Of
    a dataset without files, the subject is the dataset itself.

    Parameters
    ----------
    result : Result
        The result.
    digest : str
        SHA-256 of its result.json.
    model : Subject or None
        The model that was trained with the dataset.
    """
    corpus = result.corpus
    files = tuple(
        Subject(file.name, file.sha256) for file in corpus.contents if file.sha256 is not None
    )
    check = AttestedCheck(
        tool=result.tool,
        checked=result.created,
        status=outcome_of(result),
        purpose=str(result.policy.circumstances.purpose),
        documents=corpus.documents,
        tokens=corpus.tokens,
        bytes=corpus.bytes,
        findings=result.findings,
        waived=_excused(result, disputed=False),
        disputed=_excused(result, disputed=True),
        unread=len(result.unchecked),
        refuted_dates=len(result.refuted_dates),
        report=digest,
        dataset=" ".join(corpus.addresses),
        digest=corpus.digest,
        files=len(files),
        split=corpus.split,
        sample=None if result.sample is None else result.sample.rate,
    )
    predicate = {
        "result": _RESULTS[outcome_of(result)],
        "configuration": [
            {"name": name, "digest": {"sha256": digest}} for name, digest in result.inputs.items()
        ],
        "passedTests": [str(each.gate) for each in result.gates if each.passed],
        "failedTests": [str(each.gate) for each in result.gates if not each.passed],
        "provenance": to_json_value(check),
    }
    dataset = files or (Subject(check.dataset, check.digest),)
    models = () if model is None else (model,)
    return Statement((*dataset, *models), TEST_RESULT, predicate)


def _excused(result: Result, *, disputed: bool) -> int:
    return sum(
        each.findings
        for each in result.waivers
        if not each.expired and (each.waiver.reason is WaiverReason.DISPUTED) == disputed
    )


def model_subject(model: Path | None, digest: str | None) -> Subject | None:
    """Return a model as the subject of a statement, from its file or its digest.

    Raises
    ------
    InputError
        If the file cannot be read, or the digest is none.
    """
    if model is not None:
        with translate_read_errors(str(model)), model.open("rb", buffering=0) as stream:
            return Subject(model.name, sha256_stream(stream, os.fstat(stream.fileno()).st_size))
    if digest is None:
        return None
    digits = digest.removeprefix("sha256:").lower()
    if not _DIGEST.fullmatch(digits):
        raise InputError(
            f"{digest!r} is not a SHA-256 in hexadecimal",
            remedy="write it as sha256: and 64 digits, as `sha256sum` prints them",
        )
    return Subject("model", digits)


def open_key(path: Path) -> PrivateKey:
    """Load a private key, with the passphrase in the environment; raises `SigningError`."""
    return load_private_key(path, environment_passphrase())


def environment_passphrase() -> bytes | None:
    """Return the passphrase of keys; None if it is unset."""
    return os.environb.get(PASSPHRASE_VARIABLE.encode()) or None


def append_claim(path: Path, line: bytes) -> None:
    """Append a signed statement to a file with one on each line.

    Raises
    ------
    OutputError
        If it cannot be written; then the file is as it was.
    """
    try:
        append_line(path, line)
    except OSError as error:
        raise OutputError(
            f"{str(path)!r} cannot be written: {error.strerror or error}",
            remedy="name a file in an existing folder, on a disk with free space",
        ) from error


def read_trust(
    keys: Sequence[Path], allowed_signers: Path | None, identity: str | None = None
) -> Trust:
    """Return whose signatures count now.

    Parameters
    ----------
    keys : sequence of Path
        Files of public keys.
    allowed_signers : Path or None
        File of allowed signers.
    identity : str or None
        Name that the signer must have in it.

    Raises
    ------
    SigningError
        If a file cannot be read.
    """
    signers: list[AllowedSigner] = [*signers_of_keys(load_public_key(path) for path in keys)]
    if allowed_signers is not None:
        signers += read_allowed_signers(allowed_signers)
    return Trust(tuple(signers), datetime.now(UTC), identity)


def read_statements(path: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the signed statements of a file with their names: one on each line.

    Raises
    ------
    SigningError
        If the file cannot be read, or has none.
    """
    try:
        if str(path) == "-":
            content = read_stream(sys.stdin.buffer, path, _MAX_BYTES)
        else:
            content = read_file(path, _MAX_BYTES)
    except OSError as error:
        raise SigningError(
            f"{str(path)!r} cannot be read: {error.strerror}",
            remedy="check the path and its permissions",
        ) from error
    lines = content.splitlines(keepends=True)
    if not lines:
        raise SigningError(f"{str(path)!r} is empty", remedy="name a signed file")
    if len(lines) == 1:
        return ((str(path), content),)
    return tuple((f"{path}, line {number}", line) for number, line in enumerate(lines, 1))


def verify_attestation(content: bytes, where: str, trust: Trust) -> Attestation:
    """Verify an attestation.

    Parameters
    ----------
    content : bytes
        The signed statement.
    where : str
        Its name, for errors.
    trust : Trust
        Whose signatures count.

    Raises
    ------
    SignatureInvalid
        If it was changed, or nobody who is trusted signed it.
    """
    signed = verify_statement(content, where, trust, Namespace.ATTESTATION, [TEST_RESULT])
    statement, predicate = signed.statement, signed.statement.predicate
    try:
        check = from_json_value(AttestedCheck, predicate["provenance"])
        models = statement.subjects[max(check.files, 1) :]
        return Attestation(
            signed.signers,
            Subject(check.dataset, check.digest),
            statement.subjects[: check.files],
            models[0] if models else None,
            str(predicate["result"]),
            check,
            tuple(map(str, predicate["passedTests"])),
            tuple(map(str, predicate["failedTests"])),
            tuple(
                (str(each["name"]), str(each["digest"]["sha256"]))
                for each in predicate["configuration"]
            ),
        )
    except (ValueError, TypeError, LookupError) as error:
        raise SignatureInvalid(
            f"{where}: it is validly signed, but not an attestation of this version: {error}",
            remedy="verify it with the version that wrote it",
        ) from error


@dataclass(frozen=True, slots=True)
class ExpectedSubjects:
    """Subjects that an attestation must have.

    Parameters
    ----------
    report : Path or None
        Folder of the report; None accepts all.
    dataset : tuple of str
        Addresses of the dataset; empty accepts all.
    model : Subject or None
        The model; None accepts all.
    """

    report: Path | None = None
    dataset: tuple[str, ...] = ()
    model: Subject | None = None


def attestations_about(
    file: str, attestations: Sequence[tuple[str, Attestation]], expected: ExpectedSubjects
) -> list[tuple[str, Attestation]]:
    """Return the attestations of a file that are about what is expected.

    Parameters
    ----------
    file : str
        Name of the file, for errors.
    attestations : sequence of (str, Attestation)
        All of it, with their names.
    expected : ExpectedSubjects
        What they must be about.

    Raises
    ------
    SignatureInvalid
        If there is none.
    ProvenanceError
        If the dataset cannot be read, or the report was changed.
    """
    found = list(attestations)
    if expected.report is not None:
        digest = read_verified_report(expected.report)[1][result_json.FILE_NAME]
        found = [(where, each) for where, each in found if each.check.report == digest]
        _require(found, file, f"the report {str(expected.report)!r}", digest)
    if expected.dataset:
        found = _about_dataset(found, file, expected.dataset)
    if expected.model is not None:
        digest = expected.model.sha256
        found = [
            (where, each)
            for where, each in found
            if each.model is not None and each.model.sha256 == digest
        ]
        _require(found, file, f"the model {expected.model.name!r}", digest)
    return found


def _about_dataset(
    found: Sequence[tuple[str, Attestation]], file: str, dataset: Sequence[str]
) -> list[tuple[str, Attestation]]:
    """Return the attestations about a dataset, whatever the names of its files are."""
    splits = {each.check.split for _, each in found}
    contents = {split: dataset_files(dataset, split) for split in splits}
    digests = {split: corpus_digest(files) for split, files in contents.items()}
    about = [
        (where, each) for where, each in found if each.dataset.sha256 == digests[each.check.split]
    ]
    if not about and len(found) == 1:
        [(_, attestation)] = found
        _raise_difference(file, dataset, attestation, contents[attestation.check.split])
    _require(about, file, f"the dataset {' '.join(dataset)!r}", ", ".join(sorted(digests.values())))
    return about


def _raise_difference(
    file: str, dataset: Sequence[str], attestation: Attestation, present: Sequence[CorpusFile]
) -> None:
    """Raise an error that names files of which only one side has the content, if they are known."""
    stated, here = attestation.files, {each.sha256 for each in present}
    signed = {each.sha256 for each in stated}
    only_here = [each.name for each in present if each.sha256 not in signed]
    only_stated = [each.name for each in stated if each.sha256 not in here]
    if not stated or not (only_here or only_stated):
        return
    parts = [
        f"{what}: {', '.join(names[:_NAMED])}{' …' if len(names) > _NAMED else ''}"
        for what, names in (
            ("attested, and not there with the same content", only_stated),
            ("there, and not attested with the same content", only_here),
        )
        if names
    ]
    raise SignatureInvalid(
        f"{file} is validly signed, but not about the dataset {' '.join(dataset)!r}: "
        f"{'; '.join(parts)}",
        remedy=_NAME_OTHERS,
    )


_NAMED: Final = 5
"""Files that an error names."""
_NAME_OTHERS: Final = (
    "name what was attested; if it was changed since, check it and attest it again"
)


def _require(found: Sequence[object], file: str, what: str, digest: str) -> None:
    if not found:
        raise SignatureInvalid(
            f"{file} is validly signed, but not about {what}, whose SHA-256 is {digest}",
            remedy=_NAME_OTHERS,
        )


def dataset_files(addresses: Sequence[str], split: str | None = None) -> tuple[CorpusFile, ...]:
    """Return the files of a dataset with their digests, as a check of it has them.

    Raises
    ------
    InputError
        If it cannot be read.
    """
    corpus = open_corpus(addresses, split=split)
    for unread in corpus.undigested_files():
        raise InputError(f"{unread.file}: {unread.reason}", remedy="check the file")
    return corpus.contents()
