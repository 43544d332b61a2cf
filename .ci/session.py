"""The engine, the students' and the notebooks' tests under another Python or on another system.

    python3.13 .ci/session.py            # an environment of this Python's own, the tests in it
    python3 .ci/session.py --matrix      # the Pythons and systems of pyproject.toml's classifiers, for a workflow

Where there is no build of torch for this Python that computes on the processor alone, it says so and does nothing:
the CUDA build takes gigabytes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNNERS = {"Linux": "ubuntu-24.04", "MacOS": "macos-14", "Windows": "windows-2022"}  #: GitHub's name of each system
#: what other Pythons and systems may break; the course itself and the sandbox are proved by .ci/run
LINUX = ["tests/student", "tests/test_cli.py", "tests/test_live.py", "tests/test_intake.py", "tests/test_grading.py"]
ELSEWHERE = [
    "tests/student/test_workspace.py",
    "tests/test_intake.py",
    "tests/test_extras.py",
    "tests/test_export_files.py",
]


def project() -> dict[str, object]:
    """Return what pyproject.toml says of the project."""
    found: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def matrix() -> dict[str, list[str]]:
    """Return the Pythons and GitHub's runners that the classifiers promise."""
    text = "\n".join(map(str, project()["classifiers"]))  # type: ignore[call-overload]
    systems = re.findall(r"^Operating System :: (?:POSIX :: |Microsoft :: )?(\w+)", text, re.M)
    return {
        "python": re.findall(r"^Programming Language :: Python :: (3\.\d+)$", text, re.M),
        "system": [RUNNERS[name] for name in ("Linux", "MacOS", "Windows") if name in systems],
    }


def torch() -> list[str] | None:
    """Return how pip gets a torch without CUDA here; None where it cannot."""
    pinned = re.search(r"^torch==\S+", (ROOT / "constraints.txt").read_text(), re.M)[0]  # type: ignore[index]
    if sys.platform != "linux":
        return [pinned]
    index = re.search(r"torch --index-url (\S+)", (ROOT / "README.md").read_text())[1]  # type: ignore[index]
    try:
        urllib.request.urlopen(f"{index}/torch/", timeout=20).close()
    except OSError:
        tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
        places = [Path(place) for place in os.environ.get("PIP_FIND_LINKS", "").split()]
        here = any(list(place.glob(f"torch-*+cpu-{tag}-*.whl")) for place in places if place.is_dir())
        return [pinned] if here else None
    return [pinned, "--index-url", index]


def main() -> int:
    """Set up an environment and run the tests in it; the exit code is pytest's."""
    if "--matrix" in sys.argv[1:]:
        print(*(f"{key}={json.dumps(value)}" for key, value in matrix().items()), sep="\n")
        return 0
    how = torch()
    name = f"Python {sys.version.split()[0]} on {sys.platform}"
    if how is None:
        print(f"skipped: no torch without CUDA for {name} can be reached from here")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *how], check=True)
        tools = ["hypothesis", "pytest-xdist", "junitparser", "jsonschema", "ipykernel", "nbformat", "jupytext"]
        subprocess.run([*pip, "-e", ROOT, *tools], check=True)
        tests = LINUX if sys.platform == "linux" else ELSEWHERE
        done = subprocess.run([python, "-m", "pytest", "-q", "-n", "2", "--dist=loadfile", *tests], cwd=ROOT)
    print(f"{name}: {'passed' if not done.returncode else 'failed'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
