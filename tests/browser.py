"""Headless Chromium for tests: a page as its scripts leave it, or a tab to ask, over a pipe of the browser's own."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WITHOUT = "chromium is not installed"  #: the reason of a test that is skipped for want of it
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
#: the browser reads commands from descriptor 3 and answers on descriptor 4
_WITH_PIPE = (
    "import os, sys\n"
    "for place, number in enumerate(sys.argv[1:3], 3):\n"
    "    os.dup2(int(number), place)\n"
    "    os.close(int(number))\n"
    "os.execv(sys.argv[3], sys.argv[3:])\n"
)


def dump(address: str, profile: Path) -> str:
    """A page as the browser has it once its scripts have run."""
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "--virtual-time-budget=10000", "--dump-dom", address]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=90, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(profile.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A browser that is ended with the block."""
    (commands, to_browser), (from_browser, answers) = os.pipe(), os.pipe()
    theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (commands, answers)]  # never 3 or 4 themselves
    command = [sys.executable, "-c", _WITH_PIPE, *map(str, theirs), CHROMIUM, *_FLAGS, "--remote-debugging-pipe"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        pass_fds=theirs,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "HOME": str(profile.parent)},
    )  # fmt: skip
    for end in (*theirs, commands, answers):
        os.close(end)
    try:
        yield Browser(to_browser, from_browser)
    finally:
        os.close(to_browser)  # which tells it to end
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # a session of its own: nothing but this browser
            process.wait()
        os.close(from_browser)


class Browser:
    """The line to a browser: commands with their answers, and what it tells of itself meanwhile."""

    def __init__(self, to_browser: int, from_browser: int):
        self._to, self._from = to_browser, from_browser
        self._rest, self._numbers = b"", itertools.count(1)
        self.events: list[dict[str, Any]] = []
        self._targets: list[str] = []

    def ask(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(60)
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, method: str, session: str) -> None:
        """Wait until the browser has told of this."""
        while not any(e.get("method") == method and e.get("sessionId") == session for e in self.events):
            self.events.append(self._next(60))

    def _next(self, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._from], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"the browser says nothing for {seconds:g} s"
            read = os.read(self._from, 1 << 20)
            assert read, "the browser ended"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def open(
        self, address: str, width: int = 1280, height: int = 900, *, dark: bool = False, scripts: bool = True
    ) -> Tab:
        """A new tab with a page that has loaded.

        Args:
            dark: whether the reader prefers dark pages.
            scripts: whether scripts run at all.
        """
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._targets.append(target)
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{room}.enable", session)
        phone = width < 600
        screen = {"width": width, "height": height, "deviceScaleFactor": 1 + phone, "mobile": phone}
        self.ask("Emulation.setDeviceMetricsOverride", session, **screen)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", session, features=[scheme])
        self.ask("Emulation.setScriptExecutionDisabled", session, value=not scripts)
        self.ask("Page.navigate", session, url=address)
        self.wait_for("Page.loadEventFired", session)
        return Tab(self, session)

    def close_tabs(self) -> None:
        """Close what was opened, and forget what was told of it."""
        while self._targets:
            self.ask("Target.closeTarget", targetId=self._targets.pop())
        self.events.clear()


class Tab:
    """A page that is open."""

    def __init__(self, browser: Browser, session: str):
        self._browser, self._session = browser, session

    def run(self, script: str) -> Any:
        """The value of an expression in the page, of a promise once it is kept."""
        wanted = {"expression": script, "returnByValue": True, "awaitPromise": True}
        answer = self._browser.ask("Runtime.evaluate", self._session, **wanted)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def follow(self, script: str) -> None:
        """Run what leads to another page, and wait until that has loaded."""
        before = [event for event in self._events() if event["method"] == "Page.loadEventFired"]
        for event in before:
            self._browser.events.remove(event)
        self.run(script)
        self._browser.wait_for("Page.loadEventFired", self._session)

    def complaints(self) -> list[dict[str, Any]]:
        """What stands in the console, and exceptions that nobody caught."""
        self.run("1")  # whatever was on its way is there before the answer
        told = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
        return [event["params"] for event in self._events() if event["method"] in told]

    def requests(self) -> list[str]:
        """The addresses that were asked for, that of the page among them."""
        self.run("1")
        sent = [event["params"] for event in self._events() if event["method"] == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]

    def blocked(self) -> list[str]:
        """Why requests were stopped, for each that was."""
        self.run("1")
        failed = [event["params"] for event in self._events() if event["method"] == "Network.loadingFailed"]
        return [params.get("blockedReason", "") for params in failed]

    def _events(self) -> list[dict[str, Any]]:
        return [event for event in self._browser.events if event.get("sessionId") == self._session]

    def point(self, selector: str, *places: tuple[float, float]) -> None:
        """Press the mouse on an element, move over further places (shares of its width and height), let go."""
        box = self.run(
            f"{{const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            "const r = e.getBoundingClientRect(); [r.left, r.top, r.width, r.height]}"
        )
        ways = [(box[0] + x * box[2], box[1] + y * box[3]) for x, y in places or ((0.5, 0.5),)]
        steps = [("mouseMoved", ways[0]), ("mousePressed", ways[0])]
        steps += [*(("mouseMoved", way) for way in ways[1:]), ("mouseReleased", ways[-1])]
        for kind, (x, y) in steps:
            button = {"button": "left", "buttons": 0 if kind == "mouseReleased" else 1, "clickCount": 1}
            free = kind == "mouseMoved" and len(ways) == 1
            self._browser.ask(
                "Input.dispatchMouseEvent", self._session, type=kind, x=x, y=y, **({} if free else button)
            )

    def screenshot(self, path: Path) -> None:
        """What is on the screen, as a PNG."""
        data = self._browser.ask("Page.captureScreenshot", self._session, format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def visits(opened: Browser, address: str) -> Iterator[Any]:
    """Opens pages below an address; at the end nothing may stand in a console, nor have left this machine."""
    tabs: list[Tab] = []

    def go(path: str, **how: Any) -> Tab:
        tabs.append(opened.open(address + path, **how))
        return tabs[-1]

    yield go
    for tab in tabs:
        assert tab.complaints() == []
        assert [r for r in tab.requests() if not r.startswith(address) and not r.startswith("data:,")] == []
    opened.close_tabs()


def keep(tab: Tab, name: str) -> None:
    """Keep a picture, where a person wants to look at it."""
    if folder := os.environ.get("GRADUS_SCREENSHOTS"):
        tab.screenshot(Path(folder) / f"{name}.png")
