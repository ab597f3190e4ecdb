"""Web servers of registries on this machine, honest and hostile."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Sends what a hostile answer sends for a path, else the file of a folder."""

    server: "Server"

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        answer = self.server.answers.get(self.path.rpartition("/")[2], send_file)
        with suppress(ConnectionError):
            answer(self)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Server(ThreadingHTTPServer):
    """A server of a folder, with answers of its own for some file names."""

    daemon_threads = True

    def __init__(self, folder: Path, answers: dict[str, Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.answers = folder, answers
        self.requests: list[str] = []
        self.stopped = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Keep quiet: clients hang up on it."""


@contextmanager
def served(folder: Path, **answers: Answer) -> Iterator[Server]:
    """Serve a folder; names of answers have `__` for a dot."""
    server = Server(folder, {name.replace("__", "."): each for name, each in answers.items()})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.socket.close()


def send_file(handler: Handler) -> None:
    """Send a file of the folder, or a part of it."""
    path = handler.server.folder / handler.path.lstrip("/")
    if not path.is_file():
        handler.send_error(404)
        return
    content, first = path.read_bytes(), 0
    if wanted := handler.headers.get("Range"):
        first = int(wanted.removeprefix("bytes=").rstrip("-"))
        if first >= len(content):
            handler.send_error(416)
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
    else:
        handler.send_response(200)
    handler.send_header("Content-Length", str(len(content) - first))
    handler.end_headers()
    handler.wfile.write(content[first:])


def send(content: bytes, **headers: str) -> Answer:
    """Answer with some content; names of headers have `_` for a dash."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def send_for_ever(piece: bytes, pause: float = 0.0, status: int = 200, **headers: str) -> Answer:
    """Answer without an end."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        while not handler.server.stopped.wait(pause):
            handler.wfile.write(piece)

    return answer


def redirect(target: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer
