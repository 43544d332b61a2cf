"""What a lesson shows is served to the lab's pages, of every kind that an imported assignment may bring along."""

from __future__ import annotations

from autograder.authoring.importing import pictures
from autograder.web.files import PICTURES


def test_every_picture_that_can_be_imported_can_be_seen() -> None:
    """The lab serves each kind that an import keeps."""
    assert set(PICTURES) == pictures.SUFFIXES
