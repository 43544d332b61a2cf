"""The maps of CONTRIBUTING and docs/architecture.md show the house as it stands, in the order of the contracts."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from pathlib import Path

import pytest

import autograder

ROOT = Path(autograder.__file__).parents[1]
HEAD = "| room of `autograder/` |"
#: one name of the package itself, one that the map names in a sentence of its own, and catalogues without code
APART = {"__init__", "alias", "languages"}
MAPS = ("CONTRIBUTING.md", "docs/architecture.md")
pytestmark = pytest.mark.skipif(not (ROOT / "pyproject.toml").is_file(), reason="not from a checkout")


def rooms_on(name: str) -> list[str]:
    """The rooms of a map, from the ground up, each by its path without slash and suffix."""
    table = (ROOT / name).read_text(encoding="utf-8").partition(HEAD)[2].partition("\n\n")[0]
    first = [line.split("|")[1] for line in table.splitlines()[2:]]
    return [room.removesuffix("/").removesuffix(".py") for cell in first for room in re.findall(r"`([^`]+)`", cell)]


def rooms_there() -> set[str]:
    """The rooms of the package: its modules and folders; the sandbox's and the pages' one step deeper."""
    inside = {path for path in (ROOT / "autograder").iterdir() if path.name != "__pycache__"}
    names = {path.stem for path in inside if path.suffix == ".py"} | {path.name for path in inside if path.is_dir()}
    deeper = {f"sandbox/{p.name}" for p in (ROOT / "autograder/sandbox").iterdir() if (p / "__init__.py").is_file()}
    return names - APART - {"sandbox", "pages"} | deeper | {"pages/<section>/<page>"}


@pytest.mark.parametrize("name", MAPS)
def test_every_room_is_on_the_map(name):
    """no room is missing, none is made up, none is named twice"""
    assert sorted(rooms_on(name)) == sorted(rooms_there())


@pytest.mark.parametrize("name", MAPS)
def test_the_order_is_that_of_the_contracts(name):
    """the map goes from the ground up, as the layers of pyproject.toml say"""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers, sandbox = (next(c["layers"] for c in contracts if c["id"] == which) for which in ("rooms", "sandbox"))
    height = {room.strip(): n for n, layer in enumerate(reversed(layers)) for room in layer.split("|")}
    height |= {f"sandbox/{room}": height["sandbox"] + n / 10 for n, room in enumerate(reversed(sandbox))}
    heights = [height[room] for room in rooms_on(name) if not room.startswith("pages/")]
    assert heights == sorted(heights)


def test_what_architecture_names_exists():
    """each dotted name of the walk is a module of the package, or is defined in one"""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    names = re.findall(r"`((?:[a-z_]+\.)+\w+)`", text)
    rooms = {path.name for path in (ROOT / "autograder").iterdir()}
    walked = [name for name in names if name.partition(".")[0] in rooms and not name.endswith((".toml", ".py"))]
    assert len(walked) > 15
    for name in walked:
        assert pkgutil.resolve_name(f"autograder.{name}") is not None
