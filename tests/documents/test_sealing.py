"""The company's seal: what it covers, whose it is, and that nothing in a sealed paper can be changed unseen."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto.cms import CMSAttribute, ContentInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.documents.printing import print_sheet
from app.documents.seal.reading import attached_statement, read_seal
from app.documents.seal.sealing import seal
from app.documents.seal.seals import LASTS, CompanySeal, company_seal, known_seals
from tests.documents import reading
from tests.documents.builders import a_sheet

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


class Paper(bytes):
    """A PDF that does not print itself where a test fails."""

    def __repr__(self) -> str:
        return f"a paper of {len(self)} bytes"


@pytest.fixture(scope="module")
def printed() -> bytes:
    return Paper(print_sheet(a_sheet()).pdf)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An installation, as far as keys go."""
    place = Flask("seals")
    place.config["KEYS"] = str(tmp_path_factory.mktemp("keys"))
    return place


@pytest.fixture(scope="module")
def sealed(place: Flask, printed: bytes) -> bytes:
    with place.app_context():
        return Paper(seal(printed, company_seal("翠湖物业", NOW), reason="T07-0012"))


def known(place: Flask) -> list[bytes]:
    with place.app_context():
        return known_seals()


def holds(pdf: bytes, by: list[bytes]) -> bool:
    """Whether its seal is whole and ours. Trouble in reading it is a failed verification."""
    try:
        found = read_seal(pdf, by)
    except Exception:  # noqa: BLE001 - the libraries raise whatever comes of a broken file
        return False
    return found is not None and found.whole and found.ours


def test_a_seal_says_whose_it_is_changes_no_page_and_adds_little(place: Flask, printed: bytes, sealed: bytes) -> None:
    found = read_seal(sealed, known(place))

    assert found is not None
    assert (found.by, found.whole, found.ours) == ("翠湖物业", True, True)
    assert reading.text(sealed) == reading.text(printed)
    assert attached_statement(sealed) == a_sheet().statement.text
    assert len(sealed) - len(printed) < 12_000
    assert read_seal(printed, known(place)) is None


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(min_value=0, max_value=1, exclude_max=True), bit=st.integers(0, 7))
def test_no_bit_of_a_sealed_paper_can_be_turned_unseen(place: Flask, sealed: bytes, where: float, bit: int) -> None:
    at = int(where * len(sealed))

    altered = bytearray(sealed)
    altered[at] ^= 1 << bit

    assert not holds(bytes(altered), known(place)), at


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(min_value=0, max_value=1, exclude_max=True), bit=st.integers(0, 7))
def test_nor_one_of_the_seal_itself_whatever_it_leaves_uncovered(
    place: Flask, sealed: bytes, where: float, bit: int
) -> None:
    begin, end = gap(sealed)
    at = begin + int(where * (end - begin))

    altered = bytearray(sealed)
    altered[at] ^= 1 << bit

    assert not holds(bytes(altered), known(place)), at - begin


def test_nothing_can_be_put_beside_the_signature_in_a_seal(place: Flask, sealed: bytes) -> None:
    begin, end = gap(sealed)
    content = ContentInfo.load(bytes.fromhex(sealed[begin + 1 : end - 1].decode()))
    [signer] = content["content"]["signer_infos"]
    signer["unsigned_attrs"] = [CMSAttribute({"type": "content_type", "values": ["data"]})]

    more = content.dump(force=True).hex().upper().encode()
    altered = sealed[:begin] + b"<" + more.ljust(end - begin - 2, b"0") + b">" + sealed[end:]

    assert len(altered) == len(sealed)
    assert not holds(altered, known(place))


def gap(pdf: bytes) -> tuple[int, int]:
    """Where the seal itself stands, which it cannot cover."""
    numbers = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)
    assert numbers is not None
    return int(numbers[2]), int(numbers[3])


def test_what_is_added_after_the_seal_or_sealed_again_is_no_whole_paper(place: Flask, sealed: bytes) -> None:
    with place.app_context():
        again = company_seal("翠湖物业", NOW)

    assert not holds(sealed + b"\n% one more line\n", known(place))
    with pytest.raises(Exception, match="field"):
        seal(sealed, again, reason="once more")


def test_another_companys_seal_is_whole_but_not_ours(place: Flask, printed: bytes, tmp_path: Path) -> None:
    elsewhere = Flask("elsewhere")
    elsewhere.config["KEYS"] = str(tmp_path)
    with elsewhere.app_context():
        theirs = seal(printed, company_seal("别家物业", NOW), reason="T07-0012")

    found = read_seal(theirs, known(place))

    assert found is not None
    assert (found.by, found.whole, found.ours) == ("别家物业", True, False)


def test_a_seal_that_ended_is_followed_by_another_and_still_verifies(tmp_path: Path, printed: bytes) -> None:
    place = Flask("years")
    place.config["KEYS"] = str(tmp_path)
    with place.app_context():
        first = company_seal("翠湖物业", NOW)
        old = seal(printed, first, reason="T07-0012")
        same, later = company_seal("翠湖物业", NOW), company_seal("翠湖物业", NOW + LASTS + timedelta(days=1))

    assert same == first
    assert later.certificate != first.certificate
    assert holds(old, known(place))


def test_the_seal_that_settings_name_is_used_and_known_from_then_on(tmp_path: Path, printed: bytes) -> None:
    bought, place = tmp_path / "bought", Flask("bought")
    place.config["KEYS"] = str(bought)
    with place.app_context():
        company_seal("翠湖物业", NOW)
    [certificate], [key] = bought.glob("*.crt"), bought.glob("*.key")
    place.config["KEYS"] = str(tmp_path / "ours")
    environment = {"SEAL_CERT": str(certificate), "SEAL_KEY": str(key)}

    with place.app_context():
        paper = seal(printed, company_seal("别的名字", NOW, environment), reason="T07-0012")

    der = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.DER)
    assert known(place) == [der]
    assert holds(paper, known(place))


def test_a_company_with_a_long_name_has_a_seal_too(tmp_path: Path, printed: bytes) -> None:
    place = Flask("long")
    place.config["KEYS"] = str(tmp_path)
    with place.app_context():
        sealed = seal(printed, company_seal("北京市朝阳区翠湖国际社区物业管理服务有限责任公司", NOW), reason="T07-0012")

    assert holds(sealed, known(place))


def test_a_seal_of_the_largest_usual_key_has_room_in_the_paper(printed: bytes) -> None:
    key = rsa.generate_private_key(65537, 4096)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "翠湖物业" * 5)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 7, NOW - timedelta(days=1), NOW + LASTS)
    certificate = made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    sealed = seal(printed, CompanySeal(certificate, (certificate,), secret), reason="T07-0012")

    assert holds(sealed, [certificate])


@pytest.mark.parametrize("environment", [{"SEAL_CERT": "/nowhere.pem"}, {"SEAL_CERT": "{crt}", "SEAL_KEY": "{crt}"}])
def test_settings_that_name_no_seal_are_refused_in_one_line(tmp_path: Path, environment: dict[str, str]) -> None:
    place = Flask("wrong")
    place.config["KEYS"] = str(tmp_path)
    with place.app_context():
        company_seal("翠湖物业", NOW)
        [certificate] = tmp_path.glob("*.crt")

        with pytest.raises(Refused) as refusal:
            company_seal("翠湖物业", NOW, {name: file.format(crt=certificate) for name, file in environment.items()})

    assert refusal.value.code == "seal:unusable"
