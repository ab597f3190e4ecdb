"""Files of a web server, which is not trusted: its pace, redirects and encodings are checked.

The client of the standard library is used because it hands over bytes as they arrive, so that each
limit is checked while reading. It decompresses nothing, and follows no redirect by itself.
"""

import io
import ipaddress
import socket
from base64 import b64encode
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, BinaryIO, cast
from urllib.error import URLError
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

import fsspec

from provenance import __version__
from provenance.pipeline.exchange.transfer_pace import TransferPace

MAX_REDIRECTS = 5

_REDIRECTS = {301, 302, 303, 307, 308}
_MISSING = {404, 410}
_RANGE_IS_EMPTY = 416
_OK, _PARTIAL = 200, 206
_SKIPPED_BYTES = 1 << 16


class WebServer(fsspec.AbstractFileSystem):  # type: ignore[misc]  # fsspec has no types
    """The files of a web server, which can be read only.

    Parameters
    ----------
    pace : TransferPace
        Of all that is read from it.
    """

    protocol = ("http", "https")
    cachable = False

    def __init__(self, pace: TransferPace) -> None:
        super().__init__()
        self._pace = pace

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def ls(self, *_: Any, **__: Any) -> Any:
        """Raise an error: there is no list of a server's files."""
        raise OSError("a web server has no list of its files; push to the store behind it")

    def _open(self, path: str, mode: str = "rb", **_: Any) -> BinaryIO:
        if mode != "rb":
            raise OSError("a web server can only be read; push to the store behind it")
        return cast("BinaryIO", _WebFile(path, self._pace))


class _WebFile(io.RawIOBase):
    """A file of a web server, read from its beginning or from a place that was sought before."""

    def __init__(self, url: str, pace: TransferPace) -> None:
        self._url, self._pace, self._first = url, pace, 0
        self._response: HTTPResponse | None = None

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Begin at an offset; nothing was read yet."""
        if self._response is not None or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("seek")
        self._first = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes; empty at the end."""
        if self._response is None:
            self._response = _open_url(self._url, self._first, self._pace)
            if self._response.status == _OK and self._first:  # it sends no parts of files
                self._skip(self._response)
        if self._response.status == _RANGE_IS_EMPTY:
            return b""
        try:
            return self._response.read(None if size < 0 else size)
        except HTTPException as error:
            raise ConnectionError(f"the connection ended early ({error})") from error

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        super().close()

    def _skip(self, response: HTTPResponse) -> None:
        left = self._first
        while left and (chunk := response.read(min(left, _SKIPPED_BYTES))):
            left -= len(chunk)


def _open_url(url: str, first: int, pace: TransferPace) -> HTTPResponse:
    """Request a file, from an offset on, and follow redirects.

    Raises
    ------
    FileNotFoundError
        If there is none.
    OSError
        If the server cannot be reached, or answers with what is not accepted.
    """
    pace.begin_file()
    opener = _opener(pace)
    for _ in range(MAX_REDIRECTS + 1):
        try:
            response: HTTPResponse = opener.open(_request(url, first))
        except HTTPException as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        except URLError as error:
            raise ConnectionError(f"the server cannot be reached: {error.reason}") from error
        if response.status not in _REDIRECTS:
            _require_file(response, url, first)
            return response
        response.close()
        url = _redirected(url, response.headers.get("Location", ""))
    raise OSError(f"there are more than {MAX_REDIRECTS} redirects")


def _request(url: str, first: int) -> Request:
    parts = urlsplit(url)
    headers = {"User-Agent": f"provenance/{__version__}", "Accept-Encoding": "identity"}
    if first:
        headers["Range"] = f"bytes={first}-"
    if parts.username is not None:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(account.encode()).decode()}"
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return Request(url, headers=headers)  # noqa: S310 (a handler for http and https only)


def _require_file(response: HTTPResponse, url: str, first: int) -> None:
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    error: OSError | None = None
    if response.status in _MISSING:
        error = FileNotFoundError(f"{url} does not exist")
    elif response.status not in {_OK, *({_PARTIAL, _RANGE_IS_EMPTY} if first else ())}:
        error = OSError(f"the server answers with status {response.status} {response.reason}")
    elif encoding != "identity":
        error = OSError(f"the server sends it compressed ({encoding}), which was not asked for")
    elif response.status == _PARTIAL and not response.headers.get("Content-Range", "").startswith(
        f"bytes {first}-"
    ):
        error = OSError("the server sends another part of the file than was asked for")
    if error is not None:
        response.close()
        raise error


def _redirected(url: str, location: str) -> str:
    """Return where a redirect leads: to the web, not less safely, nor into a private network."""
    target = urljoin(url, location)
    old, new = urlsplit(url), urlsplit(target)
    if new.scheme not in {"http", "https"} or (old.scheme, new.scheme) == ("https", "http"):
        raise OSError(f"it redirects to {target!r}, which is not followed")
    is_other_host = (old.hostname, old.port) != (new.hostname, new.port)
    if is_other_host and not _is_private(old.hostname) and _is_private(new.hostname):
        raise OSError(f"it redirects to {target!r}, which is in a private network")
    return target


def _is_private(host: str | None) -> bool:
    """Return whether a host is one of this machine or of a network that is not public."""
    found = socket.getaddrinfo(host or "", None, type=socket.SOCK_STREAM)
    return any(not ipaddress.ip_address(str(entry[4][0])).is_global for entry in found)


def _opener(pace: TransferPace) -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _HttpHandler(pace), _HttpsHandler(pace)):
        opener.add_handler(handler)
    return opener


class _HttpHandler(HTTPHandler):
    def __init__(self, pace: TransferPace) -> None:
        super().__init__()
        self._pace = pace

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_Connection, pace=self._pace), req)


class _HttpsHandler(HTTPSHandler):
    def __init__(self, pace: TransferPace) -> None:
        super().__init__()
        self._pace = pace

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(partial(_SafeConnection, pace=self._pace), req)


class _Connection(HTTPConnection):
    def __init__(self, host: str, *, pace: TransferPace, **options: Any) -> None:
        super().__init__(host, **options)
        self._pace = pace
        self.response_class = partial(_Response, pace=pace)  # type: ignore[assignment]

    def connect(self) -> None:
        with self._pace.waiting() as self.timeout:
            super().connect()


class _SafeConnection(HTTPSConnection):
    def __init__(self, host: str, *, pace: TransferPace, **options: Any) -> None:
        super().__init__(host, **options)
        self._pace = pace
        self.response_class = partial(_Response, pace=pace)  # type: ignore[assignment]

    def connect(self) -> None:
        with self._pace.waiting() as self.timeout:
            super().connect()


class _Response(HTTPResponse):
    """A response of which every byte, also of its headers, is waited for at most as allowed."""

    def __init__(self, sock: socket.socket, *args: Any, pace: TransferPace, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_PacedSocket(sock, self.fp.detach(), pace))


class _PacedSocket(io.RawIOBase):
    def __init__(self, sock: socket.socket, raw: io.RawIOBase, pace: TransferPace) -> None:
        self._socket, self._raw, self._pace = sock, raw, pace

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._pace.waiting() as seconds:
            self._socket.settimeout(seconds)
            count = self._raw.readinto(buffer) or 0
        self._pace.advance(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
