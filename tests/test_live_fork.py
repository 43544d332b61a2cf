"""What a check in a notebook does to its kernel, and what a kernel's oddities do to a check."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.kernels import running_kernel
from tests.nbcourses import RIGHT

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, and asks Linux what to end with")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all of these that do not end it."""
    with running_kernel(tmp_path_factory.mktemp("fork")) as kernel:
        kernel.run("import os, signal, sys, tempfile, torch")
        yield kernel


def scaled(body):
    """The page's right functions, but for the body of one."""
    return {**RIGHT, "scaled": f"def scaled(x, factor=2.0):\n    {body}"}


def processes():
    """Every live process: its parent and its command line, by number."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
            with open(f"/proc/{name}/cmdline") as file:
                command = file.read()
        except OSError:
            continue
        if state != "Z":
            found[int(name)] = int(parent), command
    return found


def below(pid):
    """The live processes that descend from one."""
    every, found = processes(), {pid}
    for _ in range(6):
        found |= {child for child, (parent, _) in every.items() if parent in found}
    return found - {pid}


# -- the fork ends with the kernel, and holds nothing of it --------------------------------------

_HOLDER = """
import os, socket, sys, types
from autograder.live.client import BenchClient
from autograder.live.kernel import check_live
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
def scaled(x, factor=2.0):
    open(sys.argv[1], "w").close()
    while True: pass
code = "def scaled(x, factor=2.0): ..."
request = {"exercise": "lines", "checks": ["test_scaled"], "filename": "In ", "cells": [code, ""]}
check_live(BenchClient(), request, {"scaled": scaled}, {})
"""


@contextmanager
def holder(root, course):
    """A process that holds a port and checks an endless function; the port, once the function runs."""
    environment = {**os.environ, "GRADUS_COURSE": str(course)}
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(root / "started")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(process.stdout.readline())
        for _ in range(1200):
            if (root / "started").exists():
                break
            assert process.poll() is None
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@linux
def test_a_killed_kernel_takes_all_along(kernel, tmp_path):
    """a kernel killed in the middle of a check: its port is free at once, and worker and judge are gone soon after"""
    course = kernel.said("print(os.environ['GRADUS_COURSE'])")
    with holder(tmp_path, course) as (process, port):
        family = below(process.pid)
        assert len(family) >= 2, "a worker and a judge"
        process.send_signal(signal.SIGKILL)
        process.wait()
        with socket.create_server(("127.0.0.1", port)):
            pass
        end = time.monotonic() + 10
        while time.monotonic() < end and family & set(processes()):
            time.sleep(0.1)
        assert not family & set(processes())


@linux
def test_a_fork_holds_no_socket_but_its_own(kernel):
    """of sockets and pipes of the kernel none is open in the process that runs the checked function; files are"""
    kernel.run("kept = open('kept.txt', 'w+'); kept.write('abc'); kept.flush()")
    body = """
    sockets = [n for n in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{n}")
               and os.readlink(f"/proc/self/fd/{n}").startswith(("socket:", "pipe:"))]
    print("SOCKETS", len(sockets), kept.fileno() >= 0 and os.fstat(kept.fileno()).st_size)
    return x * factor + 1"""
    kernel.define(scaled(body.strip()))
    assert "SOCKETS 1 3" in kernel.card('check("lines", "test_scaled")')[1]


@linux
def test_memory_has_a_limit_in_a_notebook_too(kernel):
    """a function that asks for far more than a page may use is told so, and the kernel lives"""
    kernel.define(scaled("torch.ones(1 << 29, dtype=torch.float64)\n    return x"))
    html, _, _, _ = kernel.card('check("lines", "test_scaled", "test_shifted")')
    assert "memory" in html
    assert "endless loop" not in html
    assert "1 of 2 points" in html
    kernel.define(scaled("held = [bytearray(128 << 20) for _ in range(40)]\n    return x"))
    assert "memory" in kernel.card('check("lines", "test_scaled")')[0]
    assert kernel.said("print(1 + 1)") == "2"


# -- what the code prints, asks and displays -----------------------------------------------------


def test_what_is_printed_is_on_the_card(kernel):
    """prints and displayed values of a checked function are on the card, made harmless, and nowhere else"""
    kernel.define(scaled("print('<b>', x.shape)\n    display({'shown': 1})\n    return x * factor + 1"))
    html, text, _, _ = kernel.card('check("lines", "test_scaled")')
    assert "your code printed" in html
    assert "&lt;b&gt; torch.Size" in html
    assert "| <b> torch.Size" in text
    assert "| {'shown': 1}" in text
    kernel.define(RIGHT)
    assert "your code printed" not in kernel.card('check("lines")')[0]


def test_a_question_to_the_student_is_not_waited_for(kernel):
    """input() and getpass() in a checked function get an empty answer at once"""
    kernel.define(
        scaled(
            "from getpass import getpass\n    assert input('how many? ') == getpass() == ''\n    return x * factor + 1"
        )
    )
    before = time.monotonic()
    assert "1 of 1 points" in kernel.card('check("lines", "test_scaled")')[0]
    assert time.monotonic() - before < 3
    assert kernel.said("print(input.__name__)") == "raw_input", "the kernel may still ask"


def test_a_cell_that_awaits_is_checked(kernel):
    """%%check above a cell with a top-level await runs the cell in the notebook's loop, then checks"""
    right = "\n\n".join(RIGHT.values())
    html, _, error, _ = kernel.card(f"%%check lines\nimport asyncio\nawait asyncio.sleep(0)\n{right}")
    assert "6 of 6 points" in html
    assert error is None
    assert "6 of 6 points" in kernel.card("%check lines")[0]
    wrong = right.replace("return", "return None and")
    text = kernel.card(f"%%check lines\nawait asyncio.sleep(0)\nraise_ = 1\n{wrong}")[1]
    assert "0 of 6 points" in text
    (failed,) = [o for o in kernel.run("%%check lines\nawait asyncio.sleep(0)\n1 / 0") if o.output_type == "error"]
    assert failed.ename == "ZeroDivisionError"


def test_an_interrupt_shows_no_line_of_ours(kernel, tmp_path):
    """who stops a check reads one line, not the grader's source"""
    started = tmp_path / "started"
    kernel.define(scaled(f"open({str(started)!r}, 'w').close()\n    while True: pass"))
    kernel.run("import threading, time")
    kernel.run(
        f"def stop():\n    while not os.path.exists({str(started)!r}): time.sleep(0.05)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\nthreading.Thread(target=stop, daemon=True).start()"
    )
    (error,) = kernel.run('check("lines")')
    assert error.ename == "KeyboardInterrupt"
    assert error.traceback == ["gradus: the check was stopped"]


def test_a_missing_function_is_told_by_what_the_notebook_defines(kernel):
    """the message names the notebook and the student's own names, not ours or IPython's"""
    kernel.define(RIGHT)
    kernel.run("del scaled")
    text = kernel.card('check("lines", "test_scaled")')[1]
    assert "this notebook does not define `scaled`" in text
    named = text.partition("it defines ")[2]
    assert "shifted" in named
    for name in ("check", "exit", "quit", "get_ipython"):
        assert name not in named


# -- odd kernels ---------------------------------------------------------------------------------


def test_a_kernel_that_ignores_its_children(kernel):
    """SIGCHLD ignored, or its children waited for by somebody else: crashes and right answers as ever"""
    kernel.run("signal.signal(signal.SIGCHLD, signal.SIG_IGN)")
    try:
        kernel.define(RIGHT)
        assert "6 of 6 points" in kernel.card('check("lines")')[0]
        kernel.define(scaled("os._exit(3)"))
        assert "3 of 6 points" in kernel.card('check("lines")')[0]
        kernel.run("import autograder.live.magic as live; live._bench.close(); live._bench = None")
        kernel.define(RIGHT)
        assert "6 of 6 points" in kernel.card('check("lines")')[0], "a judge that was started so"
    finally:
        kernel.run("signal.signal(signal.SIGCHLD, signal.SIG_DFL)")


def test_temporary_and_working_folders_that_vanish(kernel, tmp_path):
    """a TMPDIR that was removed, a working folder that was removed or may not be written: checks go on, anew as well"""
    kernel.define(RIGHT)
    gone, shut = tmp_path / "gone", tmp_path / "shut"
    kernel.run(f"""
before = os.getcwd(), tempfile.tempdir
os.makedirs({str(gone)!r}), os.makedirs({str(shut)!r}, 0o500)
os.environ["TMPDIR"] = {str(gone)!r}
tempfile.tempdir = None
assert tempfile.gettempdir() == {str(gone)!r}
os.chdir({str(gone)!r})
os.rmdir({str(gone)!r})
import autograder.live.magic as live
""")
    try:
        assert "6 of 6 points" in kernel.card('check("lines")')[0]
        for there in ("pass", f"os.chdir({str(shut)!r})"):
            kernel.run(f"{there}; live._bench.close(); live._bench = None")
            assert "6 of 6 points" in kernel.card('check("lines")')[0]
    finally:
        kernel.run("os.chdir(before[0]); tempfile.tempdir = before[1]; del os.environ['TMPDIR']")


_DEVICE = """
from torch.utils import backend_registration
class Guard(torch._C._acc.DeviceGuard):
    def type_(self): return torch._C._autograd.DeviceType.PrivateUse1
    def device_count(self): return 1
    def getDevice(self): return torch.device("privateuseone:0")
    def setDevice(self, device): pass
guard = Guard()
backend_registration._setup_privateuseone_for_python_backend(device_guard=guard)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="live checks fork")
def test_gradients_beside_a_device(tmp_path):
    """a kernel with a device beside the processor that has differentiated: one true sentence, no false verdict"""
    with running_kernel(tmp_path) as kernel:
        assert not [o for o in kernel.run("import torch\n" + _DEVICE) if o.output_type == "error"]
        kernel.define(
            scaled("w = torch.ones(1, requires_grad=True)\n    w.sum().backward()\n    return x * factor + w")
        )
        assert "1 of 1 points" not in kernel.run("scaled(torch.ones(2), 1.0)")  # PyTorch starts its threads
        error = kernel.error('check("lines", "test_scaled")')
        assert error.ename == "CannotCheck"
        assert "CUDA_VISIBLE_DEVICES" in error.traceback[0]
        kernel.define(RIGHT)
        assert "6 of 6 points" in kernel.card('check("lines")')[0], "what needs no gradient is checked"
