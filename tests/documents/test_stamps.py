"""Time-stamps on seals: who confirms the time, that it cannot be changed, and that a silent server holds up nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import now
from app.documents import shelf
from app.documents.printing import print_sheet
from app.documents.seal import stamps
from app.documents.seal.detached import read_beside, sign_beside
from app.documents.seal.reading import read_seal
from app.documents.seal.sealing import seal
from app.documents.seal.seals import company_seal, known_seals
from app.documents.seal.stamps import Stamp, is_stamped
from app.documents.shelf import sealed_sheet, stamp_missed_at
from tests.documents.builders import a_sheet
from tests.documents.form_builders import an_order_sheet
from tests.documents.stamping import StampServer, a_slow_server, a_stamp_server
from tests.documents.test_sealing import Paper, gap, holds


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation, as far as keys and papers go."""
    place, folder = Flask("stamps"), tmp_path_factory.mktemp("place")
    place.config.update(KEYS=str(folder / "keys"), DATA=str(folder))
    return place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampServer]:
    with a_stamp_server(tmp_path_factory.mktemp("tsa")) as server:
        yield server


@pytest.fixture(autouse=True)
def settings_name_it(server: StampServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server is set, its certificate trusted, and it answers."""
    monkeypatch.setenv("SEAL_TSA", server.address)
    monkeypatch.setenv("SEAL_TSA_CERT", str(server.certificate))
    monkeypatch.setattr(stamps, "_silent_until", {})
    yield
    server.answers_with.clear()


@pytest.fixture(scope="module")
def printed() -> bytes:
    return Paper(print_sheet(a_sheet(languages=("zh",))).pdf)


def sealed_at(place: Flask, printed: bytes) -> bytes:
    with place.app_context():
        return Paper(seal(printed, company_seal("翠湖物业", now()), reason="T07-0012"))


def known(place: Flask) -> list[bytes]:
    with place.app_context():
        return known_seals()


def test_a_seal_bears_the_time_that_the_server_confirms(place: Flask, printed: bytes) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    paper = sealed_at(place, printed)

    read = read_seal(paper, known(place))
    assert read is not None
    assert (read.whole, read.ours) == (True, True)
    assert read.stamp is not None
    assert (read.stamp.by, read.stamp.trusted) == ("国家授时测试中心", True)
    assert before <= read.stamp.at <= datetime.now(UTC)
    assert len(paper) - len(printed) < 30_000


def test_an_authority_that_is_not_known_here_is_named_but_not_trusted(
    place: Flask, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = sealed_at(place, printed)
    monkeypatch.delenv("SEAL_TSA_CERT")

    read = read_seal(paper, known(place))

    assert read is not None
    assert read.stamp is not None
    assert (read.whole, read.stamp.by, read.stamp.trusted) == (True, "国家授时测试中心", False)


def test_an_authority_whose_certificate_has_ended_since_was_good_when_it_stamped(
    place: Flask, printed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = datetime(2024, 5, 18, 6, 30, tzinfo=UTC)
    with a_stamp_server(tmp_path, at=long_ago, lasts=timedelta(days=30)) as server:
        monkeypatch.setenv("SEAL_TSA", server.address)
        monkeypatch.setenv("SEAL_TSA_CERT", str(server.certificate))
        paper, beside = sealed_at(place, printed), signed_beside(place, b"manifest")

    read, also = read_seal(paper, known(place)), read_beside(b"manifest", beside, known(place))

    assert read is not None
    assert read.stamp == also.stamp == Stamp("国家授时测试中心", long_ago, trusted=True)


def test_a_stamp_of_a_moment_at_which_its_authority_was_not_yet_or_no_more_good_is_not_trusted(
    place: Flask, printed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_stamp_server(tmp_path, at=datetime(2024, 5, 18, tzinfo=UTC), lasts=timedelta(hours=1)) as server:
        monkeypatch.setenv("SEAL_TSA", server.address)
        monkeypatch.setenv("SEAL_TSA_CERT", str(server.certificate))
        paper = sealed_at(place, printed)

    read = read_seal(paper, known(place))

    assert read is not None
    assert read.stamp is not None
    assert read.stamp.trusted is False


def signed_beside(place: Flask, content: bytes) -> bytes:
    with place.app_context():
        return sign_beside(content, company_seal("翠湖物业", now()), now())


def test_a_signature_beside_bears_the_time_that_the_server_confirms(place: Flask) -> None:
    before = datetime.now(UTC).replace(microsecond=0)

    read = read_beside(b"manifest", signed_beside(place, b"manifest"), known(place))

    assert (read.holds, read.trusted) == (True, True)
    assert read.stamp is not None
    assert (read.stamp.by, read.stamp.trusted) == ("国家授时测试中心", True)
    assert before <= read.stamp.at <= datetime.now(UTC)


def test_where_no_server_answers_a_signature_beside_bears_no_stamp_and_holds(place: Flask, server: StampServer) -> None:
    stamps._stamper.cache_clear()
    server.answers_with.append(b"I am no stamp")

    read = read_beside(b"manifest", signed_beside(place, b"manifest"), known(place))

    assert (read.holds, read.trusted, read.stamp) == (True, True, None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_of_a_stamped_signature_beside_can_be_turned_so_that_something_else_is_told(
    place: Flask, beside: bytes, where: float, bit: int
) -> None:
    altered = bytearray(beside)
    altered[int(where * len(beside))] ^= 1 << bit

    try:
        read = read_beside(b"manifest", bytes(altered), known(place))
    except Exception:  # noqa: BLE001 - a failed verification
        return

    assert not read.trusted or read == read_beside(b"manifest", beside, known(place))


@pytest.fixture(scope="module")
def beside(place: Flask, server: StampServer) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEAL_TSA", server.address)
        return signed_beside(place, b"manifest")


@pytest.fixture(scope="module")
def stamped(place: Flask, server: StampServer, printed: bytes) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEAL_TSA", server.address)
        return sealed_at(place, printed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_of_a_stamped_seal_can_be_turned_so_that_something_else_is_told(
    place: Flask, stamped: bytes, where: float, bit: int
) -> None:
    begin, end = gap(stamped)
    altered, at = bytearray(stamped), begin + int(where * (end - begin))
    altered[at] ^= 1 << bit

    # A stamp comes after the seal, which therefore does not cover what the authority packed beside its own signature.
    assert not holds(bytes(altered), known(place)) or told(altered, place) == told(stamped, place), at - begin


def told(paper: bytes, place: Flask) -> tuple[object, ...]:
    read = read_seal(bytes(paper), known(place))
    assert read is not None
    assert read.stamp is not None
    return (read.by, read.at, read.stamp.by, read.stamp.at)


def test_a_server_that_says_nothing_of_use_holds_up_one_paper_and_is_left_alone_for_a_while(
    place: Flask, printed: bytes, server: StampServer, caplog: pytest.LogCaptureFixture
) -> None:
    stamps._stamper.cache_clear()
    server.answers_with.append(b"I am no stamp")
    asked = server.asked

    papers = [sealed_at(place, printed) for _ in range(3)]

    assert [is_stamped(paper) for paper in papers] == [False, False, False]
    assert all(holds(paper, known(place)) for paper in papers)
    assert server.asked == asked + 1
    assert "what is sealed now bears none" in caplog.text


_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 1000000\r\n\r\n"


@pytest.mark.parametrize("begins_with", [_ANSWER, b"HTTP/1.1 200 OK\r\nX-"], ids=["body", "head"])
def test_a_server_that_never_comes_to_an_end_is_waited_for_no_longer_than_one_that_is_silent(
    place: Flask, printed: bytes, begins_with: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps, "PATIENCE", 0.2)
    with a_slow_server(begins_with) as slow:
        monkeypatch.setenv("SEAL_TSA", slow.address)

        papers = [sealed_at(place, printed)]
        monkeypatch.setattr(stamps, "_silent_until", {})
        papers += [sealed_at(place, printed)]

        assert [is_stamped(paper) for paper in papers] == [False, False]
        assert all(holds(paper, known(place)) for paper in papers)
        assert slow.asked == 1


def test_an_answer_larger_than_any_stamp_is_none(place: Flask, printed: bytes, server: StampServer) -> None:
    stamps._stamper.cache_clear()
    server.answers_with.append(bytes(1024 * 1024))

    assert not is_stamped(sealed_at(place, printed))


def test_a_server_that_is_not_there_costs_nobody_a_paper(
    place: Flask, printed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_stamp_server(tmp_path) as gone:
        monkeypatch.setenv("SEAL_TSA", gone.address)

    paper = sealed_at(place, printed)

    assert holds(paper, known(place))
    assert not is_stamped(paper)


def test_what_has_no_stamp_is_printed_anew_after_a_while(
    place: Flask, server: StampServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = an_order_sheet(languages=("zh",))
    server.answers_with.append(b"I am no stamp")
    stamps._stamper.cache_clear()
    with place.app_context():
        without = sealed_sheet(sheet, now())
        server.answers_with.clear()
        monkeypatch.setattr(stamps, "_silent_until", {})

        soon = sealed_sheet(sheet, now())
        missed_at = stamp_missed_at()
        assert shelf.clear_up(now()) == 0
        assert shelf.clear_up(now() + shelf.UNSTAMPED_FOR + timedelta(minutes=1)) == 1
        later, again = sealed_sheet(sheet, now()), sealed_sheet(sheet, now())

        assert soon == without
        assert missed_at is not None
        assert stamp_missed_at() is None
    assert (is_stamped(without), is_stamped(later)) == (False, True)
    assert later == again
