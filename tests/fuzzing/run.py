"""``make fuzz``: a coverage-guided run of every target, a minute each unless told otherwise.

What breaks a target is kept as a file in ``tests/fuzzing/corpus/<target>/`` and is then a regression
test of the suite. Needs atheris, which ``make fuzz`` installs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def one(target: str, seconds: int) -> None:
    """Fuzz one target in this process; it ends with it."""
    import atheris

    with atheris.instrument_imports(include=["autograder"]):
        from tests.fuzzing.targets import CORPUS, TARGETS

    found, worked_on = CORPUS / target, HERE.parent.parent / ".fuzz" / target
    for folder in (found, worked_on):
        folder.mkdir(parents=True, exist_ok=True)
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", f"-artifact_prefix={found}/", "-max_len=4096", "-timeout=20",
         "-rss_limit_mb=4096", "-verbosity=0", "-print_final_stats=0", str(worked_on),
         str(found)],
        TARGETS[target],
    )  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """All targets, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--target")
    arguments = parser.parse_args()
    if arguments.target:
        one(arguments.target, arguments.seconds)
        return 0
    from tests.fuzzing.targets import TARGETS

    broken = []
    for target in TARGETS:
        print(f"{target}: {arguments.seconds} s", flush=True)
        command = [sys.executable, "-m", "tests.fuzzing.run", "--target", target, "--seconds", str(arguments.seconds)]
        if subprocess.run(command, cwd=HERE.parent.parent, check=False).returncode:
            broken.append(target)
    print(f"broken: {', '.join(broken)}; the inputs lie in {HERE / 'corpus'}" if broken else "nothing broke")
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
