"""The administrator's page on a desk for a team: its service, and its nginx, which is tried where there is one."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.desk.who import Who
from tests.helpers import ROOT
from tests.marking import SOFTMAX, desk_of, post, write

GUIDE = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8").partition("## A desk for a team")[2]
NGINX = os.environ.get("GRADUS_NGINX") or shutil.which("nginx")


def block(kind: str) -> str:
    """The first block of a kind."""
    found = re.search(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    assert found is not None
    return found[1]


def service() -> tuple[list[str], str]:
    """What the service runs, and its token."""
    command = re.search(r"^ExecStart=(.*)$", block("ini"), re.MULTILINE)
    token = re.search(r"^Environment=GRADUS_DESK_TOKEN=(\S+)$", block("ini"), re.MULTILINE)
    assert command is not None
    assert token is not None
    return shlex.split(command[1]), token[1]


def test_service_and_proxy_speak_of_one_desk() -> None:
    """port, token, host and header of the one are those of the other"""
    command, token = service()
    said = dict(zip(command[3::2], command[4::2], strict=False)) | {
        option: command[command.index(option) + 1] for option in ("--port", "--host", "--user-header")
    }
    assert f"proxy_pass           http://127.0.0.1:{said['--port']}/{token}/;" in block("nginx")
    assert f"proxy_set_header     {said['--user-header']} $remote_user;" in block("nginx")
    assert "proxy_set_header     Host $host;" in block("nginx")
    assert f"`{said['--host']}`" in GUIDE


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@contextmanager
def nginx(folder: Path, inside: str, port: int) -> Iterator[None]:
    """An nginx that serves these lines at a port of this machine."""
    assert NGINX is not None
    folder.mkdir()
    paths = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not read the markers
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder / 'pid'}; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off;\n{paths}server {{ listen 127.0.0.1:{port};\n{inside} }} }}\n"
    )
    server = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + 30
        while server.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
        assert server.poll() is None, server.stderr.read() if server.stderr else ""
        yield
    finally:
        server.terminate()
        server.communicate(timeout=20)


def asked(address: str, who: str = "", **headers: str) -> tuple[int, str]:
    """Status and text of an address, with a marker's password where one is named."""
    more = {name.replace("_", "-"): value for name, value in headers.items()} | {"Host": "desk.example"}
    if who:
        more["Authorization"] = "Basic " + base64.b64encode(f"{who}:secret".encode()).decode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=more), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed; GRADUS_NGINX names one")
def test_behind_nginx(tmp_path: Path) -> None:
    """it knows the markers, nobody says another name, edits arrive, and every address works without the token"""
    command, token = service()
    header, host = (command[command.index(option) + 1] for option in ("--user-header", "--host"))
    (tmp_path / "markers").write_text("mia:{PLAIN}secret\nlee:{PLAIN}secret\n")
    with desk_of(write(tmp_path / "out"), who=Who(header=header), host=host, token=token) as (desk, address):
        lines = block("nginx").replace("/etc/nginx/markers", str(tmp_path / "markers"))
        lines = lines.replace("http://127.0.0.1:8785/", address.removesuffix(f"{token}/"))
        port = free_port()
        with nginx(tmp_path / "nginx", lines, port):
            front = f"http://127.0.0.1:{port}/"
            assert asked(front)[0] == 401
            for who in ("mia", "lee"):
                status, text = asked(front, who)  # which leads on to the first page
                assert (status, f"marking as {who}" in text) == (200, True)
            forged = asked(f"{front}named/", "mia", **{header: "lee", header.lower(): "lee"})
            assert "marking as mia" in forged[1]
            assert token not in text
            id = desk.ids.of("bob")
            for path in (f"named/page/{SOFTMAX}/{id}", "named/figures/", "static/desk/desk.js", "named/class.csv"):
                assert asked(front + path, "mia")[0] == 200, path
            basic = "Basic " + base64.b64encode(b"lee:secret").decode()
            edit = {"type": "edit", "page": SOFTMAX, "students": {id: 0}, "kind": "comment", "text": "Which sum?"}
            where = {"Host": host, "Authorization": basic}
            assert post(f"{front}named/edit", edit, Origin=f"https://{host}", **where)[1]["kept"] == 1
            assert post(f"{front}named/edit", edit, Origin="https://elsewhere.example", **where)[0] == 403
            assert [one.by for one in desk.results.entries.history("bob", SOFTMAX)] == ["lee"]
