"""On PYTHONPATH this takes away what Windows lacks, so that Linux can tell whether anything of ours leans on it."""

import os
import select
import signal
import socket
import subprocess
import sys

for name in ("resource", "fcntl", "termios", "tty", "pwd", "grp"):
    sys.modules[name] = None

for place, names in (
    (os, "fork killpg setsid memfd_create sched_getaffinity sched_setaffinity pidfd_open wait4 getpgid"),
    (socket, "send_fds recv_fds AF_UNIX SCM_RIGHTS CMSG_SPACE MSG_DONTWAIT"),
    (select, "poll epoll"),
    (signal, "SIGHUP SIGUSR1"),
):
    for name in names.split():
        if hasattr(place, name):
            delattr(place, name)


class Socket(socket.socket):
    """A socket that passes no descriptors."""

    @property
    def recvmsg(self):
        """Not there."""
        raise AttributeError("recvmsg")

    recvmsg_into = sendmsg = recvmsg


socket.socket = Socket
_start = subprocess.Popen.__init__


def _popen(self, *given, pass_fds=(), preexec_fn=None, **how):
    if pass_fds or preexec_fn:
        raise ValueError("pass_fds and preexec_fn are not supported on Windows")
    _start(self, *given, **how)


subprocess.Popen.__init__ = _popen
