"""The schema of grades.json: generated from the types, and the file in step with them."""

from __future__ import annotations

from autograder.authoring import build
from autograder.export import record
from autograder.model import Failure


def test_the_file_is_what_the_types_say():
    """`gradus build` has nothing to write; a file that drifted is named by --check and mended without it"""
    assert record.SCHEMA.read_text(encoding="utf-8") == record.schema_text(), "run `gradus build`"


def test_a_file_that_drifted(tmp_path, monkeypatch):
    """--check names it and leaves it, `gradus build` writes it, and then it is in step"""
    monkeypatch.setattr(build, "SCHEMA", tmp_path / "grades.schema.json")
    assert build.generated_schema(check_only=True) == [tmp_path / "grades.schema.json"]
    assert not (tmp_path / "grades.schema.json").exists()
    assert build.generated_schema() == [tmp_path / "grades.schema.json"]
    assert build.generated_schema() == []


def test_every_part_of_a_failure_is_described_and_written():
    """a reader finds each field of a failure with a sentence about it, and may count on its being there"""
    part = record.schema()["$defs"]["Failure"]
    assert set(part["required"]) == set(part["properties"]) == set(Failure.__dataclass_fields__)
    assert all(one["description"] for one in part["properties"].values())
    assert "default" not in str(part["properties"])
