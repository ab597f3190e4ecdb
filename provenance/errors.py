"""Every error that `provenance` raises on purpose.

ProvenanceError
    InputError
        DatasetNotFound, UnsupportedFormat, ColumnMissing (TextMissing), CorruptFile, NotRead,
        EmptyCorpus, DocumentTooLarge
    RegistryError
        RegistryNotFound, RegistryExists, RegistryVersion, RegistryKeyMissing, FingerprintMismatch,
        DigestMismatch
    RuleError
        RuleSyntax, UnknownSource
    PolicyError
    LedgerError
    SigningError
        SignatureInvalid
    OutputError

NotDurable is a warning: the output is there, but may not survive a power failure.
"""

from collections.abc import Sequence
from typing import Any


class ProvenanceError(Exception):
    """An error, with its remedy.

    Parameters
    ----------
    message : str
        What is wrong; names the object and the value.
    remedy : str
        The next step, in the imperative; shown after "Try:".

    Attributes
    ----------
    steps : tuple of str or int
        Keys and indices that lead to the mistake in a parsed file; empty if it has no such place.
    """

    steps: tuple[str | int, ...] = ()

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments are lost by the default pickling; workers must not lose the remedy.
        return _rebuild, (type(self), self.message, self.remedy)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory ran out, however a library reports it.

    Examples
    --------
    >>> is_out_of_memory(MemoryError()), is_out_of_memory(OSError(12, "Cannot allocate memory"))
    (True, True)
    >>> is_out_of_memory(OSError(2, "No such file or directory"))
    False
    """
    return any(
        isinstance(cause, MemoryError)
        or any(message in str(cause) for message in _OUT_OF_MEMORY_MESSAGES)
        for cause in _causes(error)
    )


def is_out_of_threads(error: BaseException) -> bool:
    """Return whether a thread could not be started, however a library reports it.

    Examples
    --------
    >>> is_out_of_threads(RuntimeError("can't start new thread"))
    True
    """
    return any(
        message in str(cause) for cause in _causes(error) for message in _OUT_OF_THREADS_MESSAGES
    )


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and its causes."""
    causes: list[BaseException] = []
    while error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__ or error
    return causes


_OUT_OF_MEMORY_MESSAGES = "annot allocate memory", "failed to map segment from shared object"
_OUT_OF_THREADS_MESSAGES = "can't start new thread", "Failed to launch worker thread"


def _rebuild(kind: type[ProvenanceError], message: str, remedy: str) -> ProvenanceError:
    return kind(message, remedy=remedy)


class InputError(ProvenanceError):
    """A corpus or dump cannot be read."""


class DatasetNotFound(InputError):
    """There is no file, folder, dataset, report or model at the address."""


class UnsupportedFormat(InputError):
    """The file's format or layout is not supported."""


class PassedOver(UnsupportedFormat):
    """The file lies beside the files of a dump, and is not read with them."""


class WrongLayout(UnsupportedFormat):
    """What was read shows that the file is not of the layout as which it was read."""


class ColumnMissing(InputError):
    """A column is missing or ambiguous, or holds no text."""


class TextMissing(ColumnMissing):
    """No column of a table could hold text."""


class CorruptFile(InputError):
    """The file is damaged or truncated."""


class DocumentTooLarge(InputError):
    """A line, row, cell or text is larger than the limit of a document."""


class NotRead(InputError):
    """More files could not be read than are accepted.

    Parameters
    ----------
    unread : sequence of Unread
        These files; the error is that of the first.
    """

    def __init__(self, unread: Sequence[Any]) -> None:
        first = unread[0]
        super().__init__(f"{first.file}: {first.reason}", remedy=first.remedy)
        self.unread = unread

    def __reduce__(self) -> tuple[object, ...]:
        return NotRead, (self.unread,)


class EmptyCorpus(InputError):
    """There is no text to check."""


class RegistryError(ProvenanceError):
    """A registry cannot be built or used."""


class RegistryNotFound(RegistryError):
    """The folder is not a registry."""


class RegistryExists(RegistryError):
    """The folder already exists."""


class RegistryVersion(RegistryError):
    """The registry has another version of the format."""


class RegistryKeyMissing(RegistryError):
    """The registry is keyed, and its key is not given."""


class FingerprintMismatch(RegistryError):
    """Two fingerprints were made with different parameters."""


class DigestMismatch(RegistryError):
    """A file of a registry is missing, or does not match the manifest."""


class RuleError(ProvenanceError):
    """A rule file is wrong."""


class RuleSyntax(RuleError):
    """A rule file does not follow the format."""


class UnknownSource(RuleError):
    """The rules have no such source, licence, signal or exception."""


class PolicyError(ProvenanceError):
    """A policy file or option is wrong."""


class EngineError(ProvenanceError):
    """Work cannot be distributed, or workers failed."""


class LedgerError(ProvenanceError):
    """A ledger is damaged, cannot be read or written, or lacks what is asked."""


class SigningError(ProvenanceError):
    """A key or a file of allowed signers cannot be used."""


class SignatureInvalid(SigningError):
    """Signed content was changed, or was not signed by anybody who is trusted."""


class OutputError(ProvenanceError):
    """Output cannot be written: a report, a copy, a cache, or a temporary file."""


class NotDurable(UserWarning):
    """Output is complete and in place, but may be lost if the power fails."""
