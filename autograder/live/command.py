"""``%gradus lab`` and every other command in a notebook: the lab goes on beside it, and ends with the kernel."""

from __future__ import annotations

import atexit
import shlex
import subprocess
import sys

_labs: list[subprocess.Popen[str]] = []


def run(line: str) -> None:
    """%gradus COMMAND: run a command of gradus; `%gradus lab` shows the lab's link and goes on in the background."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        print(f"gradus: {error}")
        return
    command = [sys.executable, "-u", "-P", "-c", "from autograder.cli import entry; entry()", *words]
    if words[:1] != ["lab"] or {"-h", "--help"} & {*words}:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        print(done.stdout + done.stderr, end="")
        return
    lab = subprocess.Popen(
        [*command, "--no-browser"], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert lab.stdout is not None
    for said in lab.stdout:  # up to its link; of one that cannot start, all
        if said.startswith("Ctrl-C"):
            _labs.append(lab)
            print("it stops with this notebook's kernel, or by %gradus_stop")
            return
        print(said, end="")
    lab.wait()


def stop(line: str = "") -> None:
    """%gradus_stop: stop the labs that this notebook started."""
    while _labs:
        lab = _labs.pop()
        lab.terminate()
        try:
            lab.wait(5)
        except subprocess.TimeoutExpired:
            lab.kill()


atexit.register(stop)
