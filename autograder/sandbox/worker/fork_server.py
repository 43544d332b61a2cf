"""The warm template process: imports torch once, then forks one worker per submission.

Runs inside the sandbox. Its only input is the control socket, held by the judge; each request
is a small JSON object, each answer another. A worker's own socket comes with the request.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from importlib import import_module
from typing import Any

from ..wire.control import ControlLine
from . import hugepages, imports
from .watchdog import LOOK_SECONDS, Watchdog

ORPHAN_SECONDS = 10.0  #: how long processes are ended that beget others meanwhile
MANY = 20  #: workers after which large pages pay: gathering takes as long as they save in forty


def warm(needs: list[str]) -> None:
    """Import what the exercise needs and run one small forward and backward, on one thread."""
    import torch

    torch.set_num_threads(1)
    _seed_no_device(torch)
    import_module(f"{__package__}.vision_hook").install()
    for name in needs:
        __import__(name)
    from . import warm_up

    exercise_once(torch)
    warm_up.warm()
    gc.collect()
    gc.freeze()


def _seed_no_device(torch: Any) -> None:
    """Seeding formats a stack trace for each kind of device that may yet come; here none will."""
    for kind in (torch.cuda, torch.xpu, torch.mtia):
        kind.manual_seed_all = lambda seed: None


def exercise_once(torch: Any) -> None:
    """One small forward and backward of each common kind: what torch imports lazily is imported here, once."""
    x = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    (x @ x).softmax(0).sum().backward()
    (g,) = torch.autograd.grad((x.exp() / x.sum()).sum(), x, create_graph=True)
    g.sum().backward()
    torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2))
    torch.nn.functional.cross_entropy(torch.ones(2, 3), torch.zeros(2, dtype=torch.int64))


def serve(control: ControlLine, config: dict[str, Any]) -> None:
    """Fork workers on request until the control socket closes."""
    import torch

    from . import jail

    warm(config["needs"])
    jail.prepare_template(config["isolation"], config["places"])
    address_mb, data_mb = jail.memory_in_use() if sys.platform == "linux" else (0, 0)
    ready = {"address_mb": address_mb, "data_mb": data_mb, "cpu_only": torch.version.cuda is None}
    control.send(ready)
    if config["many"]:  # whoever asks is still importing torch
        hugepages.gather()
    _serve(control, config, gathered=config["many"])


def _become_another(control: ControlLine, fd: int, cores: list[int], config: dict[str, Any]) -> None:
    """A fork of a template, as warm as that one, serves a line of its own. Does not return."""
    from . import jail

    try:
        control.close()
        if cores and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, cores)
        jail.prepare_template(config["isolation"], config["places"])
        _serve(ControlLine(socket.socket(fileno=fd)), config, gathered=True)
    except BaseException as error:
        os.write(2, f"template: {type(error).__name__}: {error}\n".encode()[:500])
    finally:
        os._exit(1)


def _serve(control: ControlLine, config: dict[str, Any], *, gathered: bool) -> None:
    from . import jail

    splits: set[int] = set()  # forks of this template
    running: dict[int, int] = {}  # the limit of each worker's memory in MB
    resting: dict[int, int] = {}  # of those that wait for work: nothing to watch, and nobody to wake up for
    greedy: set[int] = set()
    watchdog = Watchdog()
    forks = 0
    while True:
        while running and not control.waiting and not select.select([control.sock], [], [], LOOK_SECONDS)[0]:
            for pid in watchdog.over(running):
                greedy.add(pid)
                _kill(pid)
        received = control.receive()
        if received is None:
            for pid in {**running, **resting}:
                _kill(pid)
            if config["isolation"] != "namespaces":
                _end_orphans(splits)
            jail.forget()
            os._exit(0)
        request, fds = received
        forks += request["op"] == "fork"
        if not gathered and (request["op"] == "split" or forks == MANY):
            gathered = True
            hugepages.gather()
        if request["op"] == "split":
            pid = os.fork()
            if not pid:
                _become_another(control, fds[0], request["cores"], config)
            os.close(fds[0])
            splits.add(pid)
            answer: dict[str, Any] = {"pid": pid}
        elif request["op"] == "fork":
            pid = _fork(fds, control, request, config)
            for fd in fds:
                os.close(fd)
            (resting if request["rest"] else running)[pid] = request["limits"]["memory_mb"]
            answer = {"pid": pid}
        elif request["op"] == "wake":
            running[request["pid"]] = resting.pop(request["pid"])
            answer = {}
        else:
            pid = request["pid"]
            running.pop(pid, None)
            resting.pop(pid, None)
            answer = {**_reap(pid, request["grace"]), "greedy": pid in greedy}
            greedy.discard(pid)
            if config["isolation"] != "namespaces":
                _end_orphans({*running, *resting, *splits})
            jail.forget(pid)
        control.send(answer)


def _fork(fds: list[int], control: ControlLine, request: dict[str, Any], config: dict[str, Any]) -> int:
    """A worker on the first descriptor; a second one is the door of its control group."""
    from . import cgroups, jail

    with jail.fresh_pid_namespace(config["isolation"]):
        pid = os.fork()
    if pid:
        return pid
    try:  # from here on we are the worker
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        control.close()
        fd, *doors = fds
        report = doors.pop(0) if request["reports"] else -1
        for door in doors:
            cgroups.join(door)
        home = jail.enter(config["isolation"], request["limits"], keep=(fd, report))
        from ..wire.channel import Channel
        from .services import Worker

        Worker(Channel(socket.socket(fileno=fd)), home, report).serve()
    except BaseException as error:
        from ..wire.channel import ChannelClosed

        if not isinstance(error, ChannelClosed):
            os.write(2, f"worker: {type(error).__name__}: {error}\n".encode()[:500])
    finally:
        os._exit(0)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # its group where there is no pid namespace to die with it
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass


def _reap(pid: int, grace: float) -> dict[str, Any]:
    """End a worker: wait `grace` seconds for it to end by itself, then kill it; how it ended."""
    if grace:
        with contextlib.suppress(ProcessLookupError):
            pidfd = os.pidfd_open(pid)
            select.select([pidfd], [], [], grace)
            os.close(pidfd)
    try:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if not done:
            _kill(pid)
            done, status, usage = os.wait4(pid, 0)
            return {"ended": "killed", "maxrss": usage.ru_maxrss, "cpu": usage.ru_utime + usage.ru_stime}
    except ChildProcessError:  # a notebook may ignore how its children end
        return {"ended": "killed", "maxrss": 0, "cpu": 0.0}
    code = os.waitstatus_to_exitcode(status)
    return {
        "ended": "signal" if code < 0 else "exit",
        "code": abs(code),
        "maxrss": usage.ru_maxrss,
        "cpu": usage.ru_utime + usage.ru_stime,
    }


def _end_orphans(but: set[int]) -> None:
    """Without a pid namespace what a worker left behind comes to us, its subreaper: end all children `but` these."""
    me = os.getpid()
    until = time.monotonic() + ORPHAN_SECONDS
    while time.monotonic() < until:  # an orphan may have children of its own, which come to us in turn
        try:
            with open(f"/proc/{me}/task/{me}/children") as file:
                orphans = [int(pid) for pid in file.read().split() if int(pid) not in but]
        except OSError:
            return
        if not orphans:
            return
        for pid in orphans:
            _kill(pid)
            with contextlib.suppress(OSError):
                os.waitpid(pid, 0)


def main(config: dict[str, Any]) -> None:
    """Entry point of the bootstrap."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whoever started us may ignore theirs
    control = ControlLine(socket.socket(fileno=config["control_fd"]))
    for path in config["path"]:
        if path not in sys.path:
            sys.path.append(path)
    imports.allow(config["path"], config["importable"])
    serve(control, config)
