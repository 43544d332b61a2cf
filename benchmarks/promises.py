"""What the checks of each page prove: breakers, seeds. Writes its section of ``RESULTS.md``.

gradus verify --json > out/verify.json; python benchmarks/promises.py out/verify.json    (``make nightly`` does both)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.fooled import put  # noqa: E402

HEADING = "## What the checks prove"
COLUMNS = ("breakers that apply", "die", "waived", "survive", "seeds", "promises without a death")


def row(report: dict[str, Any]) -> list[int]:
    """Return the figures of one page, in the order of the columns."""
    fates = Counter(fate["fate"] for fate in (report["breakers"] or {"fates": ()})["fates"])
    told = [fates[fate] for fate in ("dies", "waived", "survives")]
    return [sum(told), *told, report["seeds"], len(report["unproved"])]


def section(reports: list[dict[str, Any]]) -> str:
    """Return the section: a line a page, the sum, and who decides by chance."""
    rows = {report["address"]: row(report) for report in reports}
    total = [sum(column) for column in zip(*rows.values(), strict=True)]
    lines = [
        HEADING,
        "",
        f"On {datetime.now(UTC):%d %B %Y}, from `gradus verify --json` by `python benchmarks/promises.py`.",
    ]
    lines += ["A breaker is the solution with one promise broken; a seed is one at which the solution was graded.", ""]
    lines += [f"| page | {' | '.join(COLUMNS)} |", "|---|" + "---|" * len(COLUMNS)]
    lines += [f"| {address} | {' | '.join(map(str, figures))} |" for address, figures in rows.items()]
    lines += [f"| **all** | {' | '.join(map(str, [*total[:-2], '', total[-1]]))} |", ""]
    chance = [
        f"{report['address']}: {fault}" for report in reports for fault in report["faults"] if "by chance" in fault
    ]
    lines += ["Checks that decide by chance:", "", *(f"- {fault}" for fault in chance)] if chance else [
        "Nobody who was graded at several seeds was judged by chance."]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read what verify said, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, help="what `gradus verify --json` printed")
    parser.add_argument("--print", action="store_true", help="print only; leave RESULTS.md as it is")
    options = parser.parse_args()
    text = section(json.loads(options.reports.read_text(encoding="utf-8")))
    print(text)
    if not options.print:
        put(ROOT / "benchmarks" / "RESULTS.md", text)


if __name__ == "__main__":
    main()
