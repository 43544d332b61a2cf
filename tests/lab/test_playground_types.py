"""The types that the modules of the playground of networks state agree, where TypeScript is there to say so."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.helpers import ROOT

TSC = os.environ.get("TSC") or shutil.which("tsc")
LAB = ROOT / "autograder" / "lab"


@pytest.mark.skipif(TSC is None, reason="tsc is not installed: npm install -g typescript, or name it in TSC")
def test_types(tmp_path):
    """Laid out as the server serves them, all modules are right under `tsc --strict`"""
    for folder in (LAB, LAB / "playground"):
        shutil.copytree(folder / "static", tmp_path / folder.name)
    how = "--noEmit --allowJs --checkJs --strict --target esnext --module esnext --moduleResolution bundler"
    modules = [str(path) for path in sorted(tmp_path.glob("*/*.js"))]
    command = [str(TSC), *how.split(), "--lib", "esnext,dom,dom.iterable", *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
