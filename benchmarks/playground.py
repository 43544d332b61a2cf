"""Steps and pictures a second of the playground of networks, beside a bare script. Writes its section of RESULTS.md.

    python benchmarks/playground.py [--rounds 3] [--seconds 5] [--minutes 0] [--print]

Default settings, the reference solutions as the student's files. In turns: the exported script without its reports, and
the page in headless Chromium, which shows every picture that it gets. ``--minutes`` lets one run go on for so long
and says what worker and server hold then.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.lab import run as lab_run
from autograder.lab.playground.export import script
from autograder.lab.playground.parts import SECTION, course_sources
from autograder.lab.playground.state import State
from autograder.lab.shared import Lab
from autograder.student.workspace import Workspace
from autograder.web.listen import listening
from benchmarks.lab import memory
from tests.browser import Tab, browser
from tests.helpers import ROOT

HEADING = "## The playground of networks"
PARTS = {"tanh": "yours", "MLP": "yours", "bce_with_logits": "yours", "SGD": "yours"}

SECTION_TEXT = """{heading}

Measured on {day}: {machine}. Written by `python benchmarks/playground.py`, in turns within one run; default settings
(circle, 400 points, layers of 4 and 2, tanh, SGD, batches of 10), the student's code for every part, one thread.

| what | measured | aim |
|---|---|---|
| steps a second, bare script | {bare} | |
| steps a second, playground with its page open | {steps} | |
| share, round by round | {shares} | 0.8 |
| pictures a second that the page showed | {pictures} | 20 |
| from opening the page to the first picture, s (a browser and a server that run already) | {first} | |
| the page's own files, all of them, kB | {weight} | 300 |
{memory}"""


def bare(seconds: float) -> float:
    """Steps a second of the exported script without its reports."""
    course = course_sources(trees())
    steps = 4000
    text = script(State(), steps, PARTS, {page: (source,) for page, source in course.items()}, course)
    text = re.sub(r"^ +if step % \d+ == 0:\n +report\(step\)\n", "", text, flags=re.MULTILINE)
    begin = "\nimport itertools, time\nbegan = time.perf_counter()\nmodel.train()\nbatches"
    end = f"    optimizer.step()\n    if time.perf_counter() - began > {seconds}:\n        break\n"
    text = text.replace("\nmodel.train()\nbatches", begin).replace(f"range({steps})", "itertools.count()")
    text = text.replace("    optimizer.step()\nreport", f"{end}print(step / (time.perf_counter() - began))\n# report")
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True, timeout=120)
    return float(done.stdout)


@contextmanager
def served(folder: Path) -> Iterator[tuple[Lab, str]]:
    """A lab over a workspace that holds the solutions, and its address."""
    place = folder / "exercises" / SECTION
    place.mkdir(parents=True)
    (folder / ".gradus").mkdir()
    for path in (ROOT / "solutions" / SECTION).glob("*.py"):
        shutil.copy(path, place)
    here = trees()
    lab = Lab(Workspace(folder), syllabus.load(here), here)
    line = listening(None, lab_run.PORT, "gradus lab")
    server = lab_run.serving(lab, line)
    thread = threading.Thread(target=server.serve_it, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield lab, f"http://127.0.0.1:{line.getsockname()[1]}/{lab.token}/"
    finally:
        server.should_exit = True
        thread.join(10)


def wait_for(tab: Tab, condition: str, seconds: float = 60) -> None:
    """Wait until something holds in a page."""
    end = time.monotonic() + seconds
    while not tab.run(f"Boolean({condition})"):
        assert time.monotonic() < end, f"{condition} did not come about"
        time.sleep(0.02)


COUNT = """(() => { const p = playground.panels[0], show = p.onPicture.bind(p); window.seen = 0;
  p.line && (p.onPicture = (m) => { window.seen++; show(m); }); return true; })()"""


def played(tab: Tab, seconds: float) -> tuple[float, float]:
    """(steps, pictures) a second of a page that runs."""
    begin = tab.run("[performance.now(), playground.panels[0].step, window.seen]")
    time.sleep(seconds)
    end = tab.run("[performance.now(), playground.panels[0].step, window.seen]")
    passed = (end[0] - begin[0]) / 1000
    return (end[1] - begin[1]) / passed, (end[2] - begin[2]) / passed


def held(tab: Tab) -> tuple[int, int]:
    """MB of server, template and worker, shared pages counted once; MB of the page's heap."""
    return memory(os.getpid(), without="chromium"), tab.run("performance.memory.usedJSHeapSize") // 1_000_000


def weight() -> float:
    """The size of all that the page loads, in kB."""
    lab = ROOT / "autograder" / "lab"
    web = ROOT / "autograder" / "web"
    rooms = (lab / "playground", lab, web)
    files = [path for room in rooms for name in ("static", "templates") for path in (room / name).iterdir()]
    return sum(path.stat().st_size for path in files if path.is_file()) / 1000


def main() -> None:
    """Measure, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    scripts, runs, memory = [], [], ""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "work") as (_, address):
        with browser(Path(folder) / "profile") as tabs:
            tabs.open(address + "map/")
            began = time.monotonic()
            tab = tabs.open(f"{address}playground/{SECTION}/playground")
            wait_for(tab, "window.playground?.panels[0].picture")
            first = time.monotonic() - began
            tab.run(COUNT)
            for _ in range(options.rounds):
                scripts.append(bare(options.seconds))
                tab.run("playground.panels[0].go(true)")
                time.sleep(0.5)
                runs.append(played(tab, options.seconds))
                tab.run("playground.panels[0].go(false)")
            if options.minutes:
                tab.run("playground.panels[0].go(true)")
                time.sleep(10)
                before = held(tab)
                time.sleep(60 * options.minutes)
                after = held(tab)
                times = f"before and after {options.minutes:g} minutes"
                memory = f"| server, template and worker, MB, {times} | {before[0]}, {after[0]} | flat |\n"
                memory += f"| page's heap, MB, {times} | {before[1]}, {after[1]} | flat |\n"
    text = SECTION_TEXT.format(
        heading=HEADING, day=datetime.now(UTC).date(),
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        bare=f"{median(scripts):,.0f}", steps=f"{median(s for s, _ in runs):,.0f}",
        shares=", ".join(f"{s / b:.2f}" for b, (s, _) in zip(scripts, runs, strict=True)),
        pictures=f"{median(p for _, p in runs):.1f}", first=f"{first:.2f}", weight=f"{weight():.0f}", memory=memory,
    )  # fmt: skip
    print(text)
    if not options.print:
        path = ROOT / "benchmarks" / "RESULTS.md"
        known = path.read_text(encoding="utf-8")
        rest = re.sub(rf"{re.escape(HEADING)}\n.*?(?=^## |\Z)", "", known, flags=re.MULTILINE | re.DOTALL).rstrip()
        path.write_text(f"{rest}\n\n{text.rstrip()}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
