"""The page on which anybody drops a sealed paper."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cli.verify import verify
from tests.documents.stamping import a_stamp_server
from tests.office.conftest import Desk, desk

__all__ = ["desk"]


@pytest.fixture
def paper(desk: Desk) -> bytes:
    """The sealed sheet of a visit."""
    visit_id = desk.visit(wishes="多装路灯")
    return bytes(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)


def dropped(client: FlaskClient, content: bytes) -> Any:
    return client.post("/verify", data={"file": (io.BytesIO(content), "sheet.pdf")})


def test_whoever_holds_a_paper_learns_who_signed_it_and_that_it_is_genuine(client: FlaskClient, paper: bytes) -> None:
    empty, page = client.get("/verify"), dropped(client, paper)

    assert (empty.status_code, page.status_code) == (200, 200)
    assert "此确认单是否属实？" in empty.text
    assert "此确认单属实" in page.text
    for words in ("陈建国", "李敏", "3 栋 1 单元", "盖章单位"):
        assert words in page.text


def test_who_confirmed_the_time_of_the_seal_is_told_on_the_page_and_at_the_command_line(
    client: FlaskClient, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id, file = desk.visit(), tmp_path / "sheet.pdf"
    with a_stamp_server(tmp_path) as server:
        monkeypatch.setenv("SEAL_TSA", server.address)
        stamped = desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data
        silent = desk.browser("supervisor")
    without = silent.get(f"/visits/{visit_id}/sheet.pdf?lang=zh").data
    monkeypatch.setenv("SEAL_TSA_CERT", str(server.certificate))
    file.write_bytes(stamped)

    page, said = dropped(client, stamped), desk.app.test_cli_runner().invoke(verify, [str(file)])
    file.write_bytes(without)
    said_without = desk.app.test_cli_runner().invoke(verify, [str(file)])
    monkeypatch.delenv("SEAL_TSA_CERT")
    unknown = dropped(client, stamped)

    assert "此确认单属实" in page.text
    assert "时间由第三方确认" in page.text
    assert "国家授时测试中心" in page.text
    assert "本系统不认识该时间戳机构" not in page.text
    assert "本系统不认识该时间戳机构" in unknown.text
    assert (said.exit_code, said_without.exit_code) == (0, 0)
    assert "Stamped by 国家授时测试中心 20" in said.output
    assert "Stamped by nobody" in said_without.output


@pytest.mark.parametrize(
    ("altered", "said"),
    [
        (lambda paper: paper + b"%", "文件在盖章后被改动。"),
        (lambda _paper: b"no PDF", "此文件无法作为盖章的 PDF 读取。"),
    ],
)
def test_what_does_not_agree_is_said_and_nothing_breaks(
    client: FlaskClient, paper: bytes, altered: Any, said: str
) -> None:
    page = dropped(client, altered(paper))

    assert page.status_code == 200
    assert "此确认单不一致" in page.text
    assert said in page.text


def test_without_a_file_it_asks_for_one(client: FlaskClient) -> None:
    page = client.post("/verify", data={})

    assert page.status_code == 422
    assert "请选择 PDF 文件。" in page.text
