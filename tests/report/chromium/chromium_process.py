"""Headless Chromium over its debugging pipe: nothing but the standard library."""

import fcntl
import json
import os
import select
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


_PATIENCE = 120
"""Seconds that an answer may take: a browser that hangs must fail its test, not stop all others."""

_CODES = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}


def chromium() -> str | None:
    """Where Chromium is, if it is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


class Browser:
    """One tab without a network, spoken to in Chrome's DevTools protocol."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._number, self._rest = 0, b""
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        self._profile: dict[str, str] = {}
        self._open_tab()

    @contextmanager
    def without_history(self) -> Iterator[None]:
        """Use a tab that shares no storage with others, as long as the context lasts."""
        before = self._session, self._profile
        self._session = None
        self._profile = self.call("Target.createBrowserContext")
        self._open_tab()
        try:
            yield
        finally:
            self._session = None
            self.call("Target.disposeBrowserContext", **self._profile)
            self._session, self._profile = before

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask, and wait for the answer; events met on the way are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])

    def open(self, path: Path, *, width: int, height: int = 900, dark: bool = False) -> None:
        """Load a file at a width, light or dark, and wait until it is there."""
        phone = width < 600
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media="screen", features=[scheme])
        self.events.clear()
        self.call("Page.navigate", url=path.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._next()

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: "Tab", "Enter", "a"."""
        for key in keys:
            text = "\r" if key == "Enter" else key if len(key) == 1 else ""
            code = _CODES.get(key, 0)
            kind = "keyDown" if text else "rawKeyDown"
            press = {"key": key, "windowsVirtualKeyCode": code, "text": text}
            self.call("Input.dispatchKeyEvent", type=kind, **press)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def wait_for(self, expression: str) -> None:
        """Wait until something is so in the page, ten seconds at most."""
        soon = f"""
        new Promise((right, wrong) => {{
          const look = (left) => {{
            if ({expression}) right();
            else if (left) setTimeout(look, 20, left - 1);
            else wrong(new Error("it never came true"));
          }};
          look(500);
        }})
        """
        answer = self.call("Runtime.evaluate", expression=soon, awaitPromise=True)
        assert "exceptionDetails" not in answer, expression

    def save_downloads(self, folder: Path) -> None:
        """Save what a page lets its user save, and tell so in `events`."""
        target = {"behavior": "allow", "downloadPath": str(folder), "eventsEnabled": True}
        self.call("Browser.setDownloadBehavior", **target, **self._profile)

    def requests(self) -> list[str]:
        """Addresses that the page asked for since it was opened."""
        sent = [e for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    def complaints(self) -> list[str]:
        """What stands in the console since the page was opened."""
        kinds = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
        return [json.dumps(e["params"]) for e in self.events if e["method"] in kinds]

    def _open_tab(self) -> None:
        target = self.call("Target.createTarget", url="about:blank", **self._profile)["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        offline = {"latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
        self.call("Network.emulateNetworkConditions", offline=True, **offline)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._reading], [], [], _PATIENCE)
            assert ready, "Chromium does not answer"
            read = os.read(self._reading, 1 << 16)
            assert read, "Chromium ended"
            self._rest += read
        message, self._rest = self._rest.split(b"\0", 1)
        answer: dict[str, Any] = json.loads(message)
        if "method" in answer:
            self.events.append(answer)
        return answer


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """Start Chromium, and end it."""
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    # Chromium reads from 3 and writes to 4: out of the way with ours before they are put there.
    child_in, child_out = (fcntl.fcntl(fd, fcntl.F_DUPFD, 20) for fd in (theirs_in, theirs_out))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = os.posix_spawn(
            executable,
            [executable, *ARGUMENTS, f"--user-data-dir={profile}"],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, child_in, 3),
                (os.POSIX_SPAWN_DUP2, child_out, 4),
            ],
        )
        for end in (theirs_in, theirs_out, child_in, child_out):
            os.close(end)
        try:
            browser = Browser(ours_in, ours_out)
            yield browser
            browser._session = None
            browser.call("Browser.close")
        finally:
            os.close(ours_in)
            os.close(ours_out)
            os.waitpid(process, 0)
