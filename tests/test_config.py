"""Settings are the same for every process that runs on one data folder."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.config import from_environment


def test_whoever_comes_at_the_same_moment_reads_the_same_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    together = Barrier(8)

    def starting() -> str:
        together.wait()
        return from_environment()["SECRET_KEY"]

    with ThreadPoolExecutor(8) as processes:
        secrets = {start.result() for start in [processes.submit(starting) for _each in range(8)]}

    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_login_never_travels_in_the_clear_where_people_reach_the_office_by_https(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))
    monkeypatch.delenv("TLS", raising=False)
    plain, proxied = "http://192.168.1.8:8000", "https://visits.example"

    secure = {}
    for address in (plain, proxied):
        monkeypatch.setenv("PUBLIC_URL", address)
        secure[address] = from_environment()["SESSION_COOKIE_SECURE"]

    assert secure == {plain: False, proxied: True}
