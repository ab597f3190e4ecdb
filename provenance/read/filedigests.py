"""Digests of files, each made once."""

from collections.abc import Callable
from threading import Lock

from provenance.errors import InputError
from provenance.file_hashing import never
from provenance.read.files import File, State


class Once:
    """A file's digest, which several threads may ask for, and one of them makes.

    Parameters
    ----------
    file : File
        The file.
    state : State or None
        The one it is in, as of `File.state`: of another there is no digest.
    """

    def __init__(self, file: File, state: State | None) -> None:
        self._file, self._state, self._making = file, state, Lock()
        self._made: str | InputError | None = None

    def __call__(self, stopped: Callable[[], bool] = never) -> str:
        """Return the SHA-256; raise again what kept it from being made."""
        with self._making:
            if self._made is None:
                try:
                    made = self._file.digest(stopped=stopped)
                    self._file.check_unchanged(self._state)
                    self._made = made
                except InputError as error:
                    self._made = error
            if isinstance(self._made, InputError):
                raise self._made
            return self._made
