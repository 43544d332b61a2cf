"""The checklist of a release, as a program: every line is tried, and the first that does not hold ends it.

    .venv/bin/python .ci/release.py             # may this be released? builds dist/
    .venv/bin/python .ci/release.py --publish   # the same, and asks for addresses of the project's own
    … --tag v1.2.3                              # what a workflow says, of the tag that began it

What it does not do is left to a person, and is said at the end. `.ci/run` is the other half: it proves the course.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def text(name: str) -> str:
    """Return a file of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def run(*command: str | Path) -> str:
    """Run a command in the project; its output.

    Raises:
        ValueError: it failed; the message is its last lines.
    """
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise ValueError("\n".join((done.stdout + done.stderr).splitlines()[-15:]))
    return done.stdout


def version() -> str:
    """Return the version, from the one place where it stands."""
    return re.search(r'^__version__ = "([^"]+)"', text("autograder/__init__.py"), re.M)[1]


def one_version() -> str:
    """The version is a plain one, stands in the citation, and heads a dated section of the changelog."""
    now = version()
    assert re.fullmatch(r"\d+\.\d+\.\d+", now), f"{now} is no version of the form 1.2.3"
    cited = dict(re.findall(r"^(version|date-released): (.+)$", text("CITATION.cff"), re.M))
    assert cited["version"] == now, f"CITATION.cff says {cited['version']}"
    dated = re.search(rf"^## {re.escape(now)} \((\d{{4}}-\d\d-\d\d)\)$", text("CHANGELOG.md"), re.M)
    assert dated, f"CHANGELOG.md has no section `## {now} (YYYY-MM-DD)`"
    assert dated[1] == cited["date-released"], f"CHANGELOG.md says {dated[1]}, CITATION.cff {cited['date-released']}"
    return f"{now} of {dated[1]}"


def nothing_unreleased() -> str:
    """What was written under Unreleased has moved to the version's section."""
    waiting = text("CHANGELOG.md").partition("## Unreleased\n")[2].partition("\n## ")[0].strip()
    assert not waiting, f"{len(waiting.splitlines())} lines of CHANGELOG.md stand under Unreleased"
    return "the changelog is complete"


def committed() -> str:
    """Everything is committed; no tag has the version, or the one that is released."""
    changed = run("git", "status", "--porcelain")
    assert not changed, f"not committed:\n{changed}"
    if "--tag" in sys.argv[1:]:
        tag = sys.argv[sys.argv.index("--tag") + 1]
        assert tag == f"v{version()}", f"the tag is {tag}, the version {version()}"
    else:
        assert f"v{version()}" not in run("git", "tag").split(), f"v{version()} is tagged already"
    return run("git", "rev-parse", "--short", "HEAD").strip()


def generated() -> str:
    """What is generated is in step with its source."""
    run(Path(sys.executable).with_name("gradus"), "build", "--check")
    return "stubs, notebooks and lists are those of their sources"


def built() -> str:
    """Source distribution and wheel are built, and twine finds nothing wrong with them."""
    for old in DIST.glob("gradus_course-*"):
        old.unlink()
    run(sys.executable, "-m", "hatchling", "build", "-d", DIST)
    made = sorted(DIST.glob(f"gradus_course-{version()}*"))
    assert len(made) == 2, f"{[path.name for path in made]} were built"
    run(sys.executable, "-m", "twine", "check", "--strict", *made)
    return ", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in made)


def same_from_source() -> str:
    """The wheel that is built of the source distribution is the same, file by file."""
    (source,) = DIST.glob(f"gradus_course-{version()}.tar.gz")
    (wheel,) = DIST.glob(f"gradus_course-{version()}-*.whl")
    again = DIST / "again"
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", again, source)
    (second,) = again.glob("*.whl")
    first, other = contents(wheel), contents(second)
    second.unlink()
    again.rmdir()
    differing = sorted(name for name in first | other if first.get(name) != other.get(name))
    assert not differing, f"differs: {', '.join(differing[:5])}"
    return f"{len(first)} files"


def contents(wheel: Path) -> dict[str, str]:
    """Return the hash of every file in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def own_addresses() -> str:
    """The addresses are the project's own."""
    urls = tomllib.loads(text("pyproject.toml"))["project"]["urls"]
    placeholders = sorted(name for name, url in urls.items() if ".example" in url)
    assert not placeholders, f"placeholders of pyproject.toml: {', '.join(placeholders)}"
    return f"{len(urls)} addresses"


CHECKS: tuple[Callable[[], str], ...] = (one_version, nothing_unreleased, committed, generated, built, same_from_source)
LEFT = """what is left to a person:
  bash .ci/run                                green on this commit
  .ci/first_check nothing && .ci/first_check beside   as a new student
  git tag -s v{version} && git push origin v{version}    .github/workflows/release.yml publishes what the tag builds
  read the page of the release once, as a stranger would"""


def main() -> int:
    """Try every line of the checklist; 1 at the first that does not hold."""
    for check in (*CHECKS, *([own_addresses] if "--publish" in sys.argv[1:] else ())):
        try:
            print(f"  yes  {(check.__doc__ or '').splitlines()[0]}  {check()}", flush=True)
        except (AssertionError, ValueError) as error:
            print(f"  no   {(check.__doc__ or '').splitlines()[0]}\n       {error}")
            return 1
    print(LEFT.format(version=version()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
