"""The manifest of an archive as bytes: canonical, read back as it was, and small in memory whatever it names."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.documents.archive.archive_format import File, Kind, Manifest, manifest_bytes
from app.signatures.rules import canonical
from tests.documents.archived import files_in

VECTORS = Path(__file__).parents[1] / "vectors"


@pytest.mark.parametrize("version", [1, 2])
def test_a_manifest_is_written_as_canonical_json_and_read_back_as_it_was(version: int) -> None:
    read = Manifest.model_validate_json(files_in((VECTORS / f"archive-v{version}.zip").read_bytes())["manifest.json"])

    written = manifest_bytes(read)

    assert written == canonical(json.loads(written))
    assert written == canonical(read.model_dump(mode="json"))
    again = Manifest.model_validate_json(written)
    assert (again.files, manifest_bytes(again)) == (read.files, written)


def test_what_a_manifest_must_not_name_is_no_manifest() -> None:
    read = json.loads(files_in((VECTORS / "archive-v2.zip").read_bytes())["manifest.json"])
    read["files"][0]["more"] = "than we know"

    with pytest.raises(ValidationError):
        Manifest.model_validate(read)


def test_a_file_of_a_manifest_takes_little_room() -> None:
    """A year of a large estate has hundreds of thousands of them."""
    assert not hasattr(File(path="a", size=1, sha256="0" * 64, kind=Kind.PAGE), "__dict__")
