"""Signed folders: a statement on every file of an answer or of documents, kept beside them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provenance import __version__
from provenance.atomic_output import open_regular_file, read_small_file, replace_file
from provenance.errors import InputError, OutputError, SignatureInvalid
from provenance.file_hashing import sha256_stream
from provenance.signing.envelopes import Signer, Trust, sign_statement, verify_statement
from provenance.signing.keys import PrivateKey
from provenance.signing.statements import Namespace, Statement, Subject

SIGNATURE_FILE: Final = "signature.dsse.json"
"""Name of the file with the signed statement."""
_PREDICATE_TYPE: Final = "urn:provenance:signed-documents:v1"


@dataclass(frozen=True, slots=True)
class SignedFolder:
    """A folder compared with the statement that was signed on it.

    Parameters
    ----------
    signers : tuple of Signer
        Who signed it; all of them verified.
    files : tuple of str
        Files that were signed.
    changed, missing, added : tuple of str
        Files that have another content, that are gone, and that were not there when it was signed.
    """

    signers: tuple[Signer, ...]
    files: tuple[str, ...]
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Return whether every file is as it was signed, and there is no other."""
        return not (self.changed or self.missing or self.added)


def sign_folder(folder: Path, key: PrivateKey) -> tuple[str, ...]:
    """Sign every file of a folder, in place of an earlier signature; return their names.

    Parameters
    ----------
    folder : Path
        Folder of an answer, or of documents.
    key : PrivateKey
        Signs.

    Raises
    ------
    InputError
        If it has no file, a file cannot be read, or one is a link or a device.
    OutputError
        If the signature cannot be written.
    """
    digests = _digests(folder)
    if not digests:
        raise InputError(
            f"{str(folder)!r} has no file to sign",
            remedy="name the folder that `--output` of `audit` or `disclose` wrote",
        )
    subjects = tuple(Subject(name, digest) for name, digest in digests.items())
    statement = Statement(subjects, _PREDICATE_TYPE, {"tool": __version__})
    try:
        with replace_file(folder / SIGNATURE_FILE) as stream:
            stream.write(sign_statement(statement, key))
    except OSError as error:
        raise OutputError(
            f"{str(folder / SIGNATURE_FILE)!r} cannot be written: {error.strerror or error}",
            remedy="make the folder writable, or copy it",
        ) from error
    return tuple(digests)


def verify_folder(folder: Path, trust: Trust) -> SignedFolder:
    """Verify who signed a folder, and compare its files with what was signed.

    Parameters
    ----------
    folder : Path
        The folder.
    trust : Trust
        Whose signatures count.

    Raises
    ------
    SignatureInvalid
        If it is not signed, the signature was changed, or nobody who is trusted signed it.
    InputError
        If a file cannot be read, or is a link or a device.
    """
    path = folder / SIGNATURE_FILE
    try:
        content = read_small_file(path)
    except OSError as error:
        raise SignatureInvalid(
            f"{str(folder)!r} is not signed: {SIGNATURE_FILE}: {error.strerror or error}",
            remedy="ask for the folder with its signature; `sign` writes one",
        ) from error
    signed = verify_statement(content, str(path), trust, Namespace.DOCUMENTS, [_PREDICATE_TYPE])
    stated = {each.name: each.sha256 for each in signed.statement.subjects}
    present = _digests(folder)
    both = stated.keys() & present.keys()
    return SignedFolder(
        signed.signers,
        tuple(stated),
        tuple(name for name in sorted(both) if stated[name] != present[name]),
        tuple(sorted(stated.keys() - both)),
        tuple(sorted(present.keys() - both)),
    )


def _digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file but the signature, by its path within the folder."""
    digests = {}
    for name, path in _files(folder):
        try:
            with open_regular_file(path, follow=False) as stream:
                digests[name] = sha256_stream(stream, os.fstat(stream.fileno()).st_size)
        except OSError as error:
            raise InputError(
                f"{str(path)!r} cannot be read: {error.strerror or error}",
                remedy="leave only regular files in the folder, readable for you",
            ) from error
    return dict(sorted(digests.items()))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    def fail(error: OSError) -> None:
        raise InputError(
            f"{error.filename!r} cannot be read: {error.strerror or error}",
            remedy="name the folder that `--output` of `audit` or `disclose` wrote",
        ) from error

    for place, folders, names in os.walk(folder, onerror=fail):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in [*names, *links]:
            path = Path(place) / name
            relative = path.relative_to(folder).as_posix()
            if relative != SIGNATURE_FILE:
                yield relative, path
