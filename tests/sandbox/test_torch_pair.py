"""A torch and a torchvision that do not fit are told apart, each with the command that mends it."""

from importlib import metadata

import pytest

from autograder.sandbox.host import torch_pair
from autograder.sandbox.host.torch_pair import INDEX, absent, judged, misfit
from autograder.sandbox.worker import vision


@pytest.fixture
def loads(monkeypatch):
    """Whether torchvision's compiled operators load, to be said by the test."""

    def said(answer: bool) -> None:
        monkeypatch.setattr(vision, "compiled_ones_load", lambda: answer)

    said(True)
    return said


def test_a_pair_that_fits(loads):
    """versions that belong together and operators that load: nothing is said"""
    assert judged("2.13.0", "0.28.0", "2.13.0") is None
    assert judged("2.13.0+cpu", "0.28.0+cpu", "2.13.0") is None
    assert judged("2.13.0", "0.28.0", "") is None


def test_another_version_of_torch(loads):
    """the pair is asked for again, from where this build of torch comes from"""
    found = judged("2.13.0+cu126", "0.27.1", "2.12.1")
    assert found.problem == "torchvision 0.27.1 is made for torch 2.12.1, and torch 2.13.0+cu126 is here"
    assert found.command == f'python -m pip install "torch==2.13.0+cu126" torchvision --index-url {INDEX}/cu126'
    assert judged("2.13.0", "0.27.1", "2.12.1").command == 'python -m pip install "torch==2.13.0" torchvision'


def test_another_build_of_torch(loads):
    """a version that fits, whose operators do not load, is asked for from the same place as torch"""
    loads(False)
    found = judged("2.13.0+cpu", "0.28.0", "2.13.0")
    assert "do not load beside torch 2.13.0+cpu" in found.problem
    assert found.command == f'python -m pip install "torchvision==0.28.0+cpu" --index-url {INDEX}/cpu'
    plain = judged("2.13.0", "0.28.0+cpu", "2.13.0")
    assert plain.command == 'python -m pip install --force-reinstall --no-deps "torchvision==0.28.0"'


def test_what_is_installed(loads, monkeypatch):
    """the requirement of the installed torchvision is read as the registries write it; without one nothing is said"""
    real = metadata.distribution("torchvision")
    monkeypatch.setattr(torch_pair.metadata, "version", lambda name: "0.0.1")
    assert f"torchvision {real.version} is made for torch 2." in misfit().problem

    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(torch_pair.metadata, "distribution", absent)
    assert misfit() is None


def test_no_torchvision(monkeypatch):
    """the command that brings one names the torch that is there, else pip would put another in its place"""
    assert absent() is None  # both are here

    def version(name):
        if name == "torchvision":
            raise metadata.PackageNotFoundError(name)
        return "2.13.0+cpu"

    monkeypatch.setattr(torch_pair.metadata, "version", version)
    assert absent() == f'python -m pip install "torch==2.13.0+cpu" torchvision --index-url {INDEX}/cpu'
