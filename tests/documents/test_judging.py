"""What papers are judged with says what is missing instead of failing in Java's words."""

from pathlib import Path

import pytest

from tests.documents import judging


def test_a_machine_without_java_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(FileNotFoundError, match="default-jre-headless"):
        judging.broken_rules({"a paper": b""}, tmp_path)


def test_a_machine_without_jaxb_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(judging, "JAXB", tmp_path / "jaxb-runtime.jar")

    with pytest.raises(FileNotFoundError, match="libjaxb-java"):
        judging.broken_rules({"a paper": b""}, tmp_path)
