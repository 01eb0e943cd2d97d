"""The certificate of TLS=1 fits every name of this machine and lasts as long as the authority that tablets trust."""

import ipaddress
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from app.cli.certificate import CertificateError, certificate_for, own_certificate, own_names, with_authority

TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NAMES = ["localhost", "office-pc", "192.168.1.5"]


def leaf_of(certificate) -> x509.Certificate:
    return x509.load_pem_x509_certificates(certificate.chain.read_bytes())[0]


def names_of(leaf: x509.Certificate) -> set[str]:
    held = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {*held.get_values_for_type(x509.DNSName), *map(str, held.get_values_for_type(x509.IPAddress))}


def test_it_names_everything_this_machine_is_called(tmp_path):
    certificate = own_certificate(tmp_path, NAMES, TODAY)

    assert names_of(leaf_of(certificate)) == set(NAMES)


def test_own_names_hold_this_machine_and_what_the_settings_add():
    names = own_names({"TLS_NAMES": "visits.example, 10.9.8.7"})

    assert {"localhost", "127.0.0.1", "visits.example", "10.9.8.7"} <= set(names)
    addresses = [name for name in names if name.replace(".", "").isdigit()]
    assert all(ipaddress.ip_address(address) for address in addresses)


def test_its_authority_signed_it_and_signs_nothing_but_leaves(tmp_path):
    certificate = own_certificate(tmp_path, NAMES, TODAY)
    authority = x509.load_pem_x509_certificate(certificate.authority.read_bytes())

    leaf_of(certificate).verify_directly_issued_by(authority)
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)


def test_keys_are_for_the_server_alone(tmp_path):
    own_certificate(tmp_path / "tls", NAMES, TODAY)

    for key in (tmp_path / "tls").glob("*-key.pem"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_next_start_keeps_it(tmp_path):
    first = own_certificate(tmp_path, NAMES, TODAY).chain.read_bytes()

    again = own_certificate(tmp_path, ["localhost"], TODAY + timedelta(days=30)).chain.read_bytes()

    assert again == first


@pytest.mark.parametrize(
    ("names", "days"),
    [
        pytest.param([*NAMES, "192.168.1.77"], 1, id="the machine got another address"),
        pytest.param(NAMES, 800, id="it ends soon"),
    ],
)
def test_it_is_renewed_under_the_authority_that_tablets_trust_already(tmp_path, names, days):
    first = own_certificate(tmp_path, NAMES, TODAY)
    trusted, old = first.fingerprint, leaf_of(first)

    renewed = own_certificate(tmp_path, names, TODAY + timedelta(days=days))

    assert renewed.fingerprint == trusted
    assert leaf_of(renewed) != old
    assert names_of(leaf_of(renewed)) == set(names)


def test_tablets_accept_its_length_of_life(tmp_path):
    leaf = leaf_of(own_certificate(tmp_path, NAMES, TODAY))

    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=825)


def test_a_certificate_that_is_given_is_used_as_it_is(tmp_path):
    given = own_certificate(tmp_path / "given", NAMES, TODAY)
    settings = {"TLS_CERT": str(given.chain), "TLS_KEY": str(given.key)}

    certificate = certificate_for(tmp_path / "tls", TODAY, settings)

    assert (certificate.chain, certificate.key, certificate.authority) == (given.chain, given.key, None)
    assert not (tmp_path / "tls").exists()


@pytest.mark.parametrize("settings", [{"TLS_CERT": "/nowhere.pem", "TLS_KEY": "/nowhere.pem"}, {"TLS_KEY": __file__}])
def test_half_a_certificate_is_refused_in_words(tmp_path, settings):
    with pytest.raises(CertificateError, match="must both name a file"):
        certificate_for(tmp_path, TODAY, settings)


def test_tablets_fetch_the_authority_and_everything_else_goes_to_the_program():
    def program(environ, start_response):
        return [b"program ", environ["PATH_INFO"].encode()]

    heard = []
    serve = with_authority(program, b"authority")

    assert b"".join(serve({"PATH_INFO": "/doorstep-ca.crt"}, lambda *head: heard.append(head))) == b"authority"
    assert heard[0][0] == "200 OK"
    assert b"".join(serve({"PATH_INFO": "/tablet"}, heard.append)) == b"program /tablet"
