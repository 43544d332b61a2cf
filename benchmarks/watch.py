"""From save to verdict: `gradus watch` in a terminal of its own, saves by this script, the screen read as it comes.

Run: python benchmarks/watch.py [SAVES]
"""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "s3_neural_networks/softmax"


def read_until(screen: int, marker: bytes, seconds: float) -> bytes:
    """What the screen shows until the marker is there."""
    shown, end = b"", time.monotonic() + seconds
    while marker not in shown:
        ready, _, _ = select.select([screen], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            raise TimeoutError(f"no {marker!r} on the screen within {seconds} s; it shows: {shown[-500:]!r}")
        shown += os.read(screen, 1 << 16)
    return shown


def main(saves: int) -> None:
    """Print the median and the slowest of so many saves."""
    gradus = Path(sys.executable).parent / "gradus"
    solution = (ROOT / "solutions" / f"{PAGE}.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([gradus, "init", f"{folder}/work"], check=True, stdout=subprocess.DEVNULL)
        place = Path(folder) / "work" / "exercises" / f"{PAGE}.py"
        pid, screen = pty.fork()
        if pid == 0:
            os.chdir(f"{folder}/work")
            os.execv(gradus, [str(gradus), "watch", "softmax"])
        try:
            read_until(screen, b"[q]uit", 120)
            times = []
            for number in range(saves):
                time.sleep(0.3)
                text = f"{solution}\n# {number}\n"
                began = time.perf_counter()
                place.write_text(text)
                read_until(screen, b"[q]uit", 30)
                times.append(1000 * (time.perf_counter() - began))
            os.write(screen, b"q")
        finally:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
    middle, slowest = statistics.median(times), max(times)
    print(f"save to verdict, softmax, {saves} saves: median {middle:.0f} ms, slowest {slowest:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
