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
from typing import Any, NoReturn

from ..wire.control import ControlLine
from . import hugepages, imports
from .watchdog import LOOK_SECONDS, Watchdog, children_of, family

ORPHAN_SECONDS = 10.0  #: how long processes are ended that beget others meanwhile
MANY = 20  #: workers after which large pages pay: gathering takes as long as they save in forty


def warm(needs: list[str]) -> None:
    """Import what the exercise needs and run one small forward and backward, on one thread."""
    import torch

    torch.set_num_threads(1)
    _seed_no_device(torch)
    import_module(f"{__package__}.vision_hook").install()
    for name in needs:
        if not name.startswith("-"):  # that one is out of sight
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
    ready = {"pid": os.getpid(), "address_mb": address_mb, "data_mb": data_mb, "cpu_only": torch.version.cuda is None}
    try:
        control.send(ready)
    except OSError:  # closed before it was needed: all was known already
        jail.forget()
        os._exit(0)
    if config["many"]:  # whoever asks is still importing torch
        hugepages.gather()
    _Template(control, config, gathered=config["many"]).serve()


def _become_another(control: ControlLine, fd: int, request: dict[str, Any], config: dict[str, Any]) -> None:
    """Serve a line of its own in a fork of a template, as warm as that one. Does not return."""
    from . import fence, jail

    try:
        control.close()
        if request["cores"] and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, request["cores"])
        if request["without"]:
            fence.Fence(request["without"]).stay()
            gc.freeze()
        jail.prepare_template(config["isolation"], config["places"])
        config = {**config, "fenced": bool(request["without"])}
        _Template(ControlLine(socket.socket(fileno=fd)), config, gathered=True).serve()
    except BaseException as error:
        os.write(2, f"template: {type(error).__name__}: {error}\n".encode()[:500])
    finally:
        os._exit(1)


class _Template:
    """The warm process that forks workers: what it forked, and what each of them may use."""

    def __init__(self, control: ControlLine, config: dict[str, Any], gathered: bool):
        self.control, self.config, self.gathered = control, config, gathered
        self.splits: set[int] = set()  # forks that are templates themselves
        self.removers: set[int] = set()  # processes that remove the folders of workers
        self.running: dict[int, int] = {}  # the limit of each worker's memory in MB
        self.resting: dict[int, int] = {}  # of those that wait for work: nothing to watch, and nobody to wake up for
        self.greedy: set[int] = set()
        self.watchdog = Watchdog()
        self.forks = 0

    def serve(self) -> None:
        """Do what the judge asks for until it closes the line, then end all and itself."""
        deeds = {"split": self.split, "fork": self.fork, "wake": self.wake, "reap": self.reap}
        while True:
            self._watch()
            received = self.control.receive()
            if received is None:
                self._end_all()
            else:
                request, fds = received
                answer = deeds[request["op"]](request, fds)
                for fd in fds:
                    os.close(fd)
                self.control.send(answer)

    def _watch(self) -> None:
        """Until something is asked, end the workers that use more memory than they may."""
        control = self.control
        while self.running and not control.waiting and not select.select([control.sock], [], [], LOOK_SECONDS)[0]:
            for pid in self.watchdog.over(self.running, {*self.resting, *self.splits, *self.removers}):
                self.greedy.add(pid)
                _kill(pid)

    def _end_all(self) -> NoReturn:
        from . import jail

        for pid in {**self.running, **self.resting}:
            _kill(pid)
        if self.config["isolation"] != "namespaces":
            _end_orphans(self.splits)
        jail.forget()
        os._exit(0)

    def _gather(self) -> None:
        """Bring what all forks share into large pages, once."""
        if not self.gathered:
            self.gathered = True
            hugepages.gather()

    def split(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Fork another template, as warm as this one."""
        self._gather()
        pid = os.fork()
        if not pid:
            _become_another(self.control, fds[0], request, self.config)
        self.splits.add(pid)
        return {"pid": pid}

    def fork(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Fork a worker."""
        self.forks += 1
        if self.forks == MANY:
            self._gather()
        pid = _fork(fds, self.control, request, self.config)
        (self.resting if request["rest"] else self.running)[pid] = request["limits"]["memory_mb"]
        return {"pid": pid}

    def wake(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Watch a worker that waited for work."""
        self.running[request["pid"]] = self.resting.pop(request["pid"])
        return {}

    def reap(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """End a worker, and say how it ended."""
        from . import jail

        pid = request["pid"]
        self.running.pop(pid, None)
        self.resting.pop(pid, None)
        ended = {**_reap(pid, request["grace"]), "greedy": pid in self.greedy}
        self.greedy.discard(pid)
        if self.config["isolation"] != "namespaces":
            self.removers = {one for one in self.removers if not _ended(one)}
            _end_orphans({*self.running, *self.resting, *self.splits, *self.removers})
        if remover := jail.forget(pid):
            self.removers.add(remover)
        return ended


def _fork(fds: list[int], control: ControlLine, request: dict[str, Any], config: dict[str, Any]) -> int:
    """Fork a worker on the first descriptor; a second one is the door of its control group."""
    from . import cgroups, fence, jail

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

        if config.get("fenced"):  # the template itself begins programs, which clear up
            fence.shut()
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


def _ended(pid: int) -> bool:
    """Tell whether a child has ended, and let it go."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except OSError:
        return True


def _end_orphans(but: set[int]) -> None:
    """Without a pid namespace what a worker left behind comes to us, its subreaper: end all children `but` these.

    Whoever is ended is not waited for before all are: the dead still take places among the processes that a user may
    have, so that one that forks faster than it is ended runs out of places.
    """
    until = time.monotonic() + ORPHAN_SECONDS
    while time.monotonic() < until:  # the children of an orphan come to us in turn
        orphans = set(children_of(os.getpid())) - but
        if not orphans:
            return
        for pid in [one for orphan in orphans for one in family(orphan)]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in orphans:
            with contextlib.suppress(OSError):
                os.waitpid(pid, os.WNOHANG)


def main(config: dict[str, Any]) -> None:
    """Entry point of the bootstrap."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # whoever started us may ignore theirs
    control = ControlLine(socket.socket(fileno=config["control_fd"]))
    control.sock.set_inheritable(False)
    for path in config["path"]:
        if path not in sys.path:
            sys.path.append(path)
    imports.allow(config["path"], config["importable"])
    serve(control, config)
