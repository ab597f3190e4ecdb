"""A pull request's comments on 127.0.0.1, as GitHub's interface keeps them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "a token of this test"
LONGEST = 65_536
"""Characters that GitHub takes in a comment."""


class Comments:
    """What is on pull request 7 of octo/data, and what was asked."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.refuse: int | None = None
        self.address = ""

    def answer(self, method: str, path: str, token: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append(method)
        parts = urlsplit(path)
        if self.refuse or token != f"Bearer {TOKEN}":
            return self.refuse or 401, {"message": "refused"}
        if len(body.get("body", "")) > LONGEST:
            return 422, {"message": "body is too long"}
        if parts.path == "/repos/octo/data/issues/7/comments":
            if method == "POST":
                made = {"id": 100 + len(self.kept), **body}
                self.kept.append(made)
                return 201, {**made, "html_url": f"https://github.example/c/{made['id']}"}
            page = int(parse_qs(parts.query).get("page", ["1"])[0])
            return 200, self.kept[(page - 1) * 100 : page * 100]
        found = re.fullmatch(r"/repos/octo/data/issues/comments/(\d+)", parts.path)
        for each in self.kept:
            if method == "PATCH" and found and each["id"] == int(found[1]):
                each.update(body)
                return 200, each
        return 404, {"message": "Not Found"}


@contextmanager
def hub() -> Iterator[Comments]:
    comments = Comments()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or "{}")
            token = self.headers.get("Authorization", "")
            code, said = comments.answer(self.command, self.path, token, body)
            payload = json.dumps(said).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 (their names are the library's)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        comments.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield comments
        finally:
            server.shutdown()
            thread.join()
