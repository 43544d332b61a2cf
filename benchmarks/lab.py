"""The lab measured: from `gradus lab` to the first pages and pictures, from a save to its card, memory as it runs.

Run as ``python benchmarks/lab.py [MINUTES]``; prints one line a figure. Steps and pictures of the playground of
networks are measured by ``benchmarks/playground.py``.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import websockets

ENTRY = "import sys; sys.argv[0] = 'gradus'; from autograder.cli import entry; entry()"
SOFTMAX = "s3_neural_networks/softmax"
KERNEL = {
    "type": "kernel", "serial": 1, "height": 64, "width": 64, "size": 3, "kernel": [0, 0, 0, 0, 1, 0, 0, 0, 0],
    "image": base64.b64encode(bytes(4096)).decode(),
}  # fmt: skip


def started(root: Path) -> tuple[subprocess.Popen[str], str]:
    """`gradus lab` in a workspace, and its address."""
    lab = subprocess.Popen(
        [sys.executable, "-u", "-c", ENTRY, "lab", "--no-browser"], cwd=root, text=True, stdout=subprocess.PIPE
    )
    assert lab.stdout is not None
    for line in lab.stdout:
        if "http://" in line:
            return lab, line.strip().removesuffix("map/")
    raise SystemExit("the lab did not start")


async def opened(address: str, path: str) -> Any:
    """A socket that has said hello, once the server is there."""
    while True:
        try:
            line = await websockets.connect(address.replace("http", "ws", 1) + f"socket/{path}")
            await line.send('{"type":"hello","version":1}')
            return line
        except OSError:
            await asyncio.sleep(0.02)


async def heard(line: Any, kind: str) -> dict[str, Any]:
    """The next message of a kind."""
    while True:
        message: dict[str, Any] = json.loads(await line.recv())
        if "number" in message:
            await line.send(json.dumps({"type": "seen", "number": message["number"]}))
        if message["type"] == kind:
            return message


def memory(pid: int, without: str = "\0") -> int:
    """Memory in MB of a process and all that descend from it, but for a program and what it began."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                name = (entry / "comm").read_text().strip()
            except OSError:
                continue
            if name == without:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(row.split()[1]) for row in rollup.splitlines() if row.startswith("Pss:"))
    return total // 1024


async def measured(lab: subprocess.Popen[str], address: str, root: Path, began: float, minutes: float) -> None:
    """Print the figures of a lab that was just started."""
    line = await opened(address, "convolution/")
    await line.send(json.dumps(KERNEL))
    await heard(line, "mapped")
    print(f"from `gradus lab` to the first picture: {time.perf_counter() - began:.1f} s")
    page = await opened(address, f"page/{SOFTMAX}")
    await heard(page, "answered")
    file = root / "exercises" / f"{SOFTMAX}.py"
    text = Path("solutions", f"{SOFTMAX}.py").read_text(encoding="utf-8")
    seconds = []
    for number in range(11):
        wrong = text.replace("keepdim=True", "keepdim=False", 1) if number % 2 else text
        saved = time.perf_counter()
        file.write_text(wrong + f"# {number}\n", encoding="utf-8")
        await heard(page, "answered")
        seconds.append(time.perf_counter() - saved)
        await asyncio.sleep(0.3)
    print(f"from the save to the card: {1000 * statistics.median(seconds):.0f} ms (median of {len(seconds)} saves)")
    times = []
    for serial in range(200):
        asked = time.perf_counter()
        await line.send(json.dumps({**KERNEL, "serial": serial}))
        await heard(line, "mapped")
        times.append(time.perf_counter() - asked)
    print(f"a kernel over 64 x 64 pixels: {1000 * statistics.median(times):.0f} ms (median of {len(times)})")
    print(f"memory at the beginning: {memory(lab.pid)} MB")
    end = time.monotonic() + 60 * minutes
    asked = 0
    while time.monotonic() < end:
        await line.send(json.dumps({**KERNEL, "serial": asked}))
        await heard(line, "mapped")
        asked += 1
        await asyncio.sleep(0.03)
    print(f"memory after {minutes:g} minutes and {asked} pictures: {memory(lab.pid)} MB")


def main() -> None:
    """Start a lab in a fresh workspace, and measure it."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        subprocess.run([sys.executable, "-c", ENTRY, "init", str(root)], check=True, stdout=subprocess.DEVNULL)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import torch"], check=True)
        print(f"for comparison, `import torch` in a fresh process: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        lab, address = started(root)
        try:
            asyncio.run(measured(lab, address, root, began, minutes))
        finally:
            lab.terminate()
            lab.wait(10)
    static = Path("autograder/lab")
    for view in ("map", "page", "convolution", "playground"):
        folders = [static / "static", static / view / "static", static / view / "templates"]
        weight = sum(path.stat().st_size for each in folders for path in each.glob("*"))
        print(f"weight of {view}: {weight / 1000:.0f} kB")
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
