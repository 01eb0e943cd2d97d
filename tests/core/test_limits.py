"""How often one address may try is counted by each process for itself, or by all of them in one Redis."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer

from app.config import settings
from app.core.db import db
from app.core.limits import limiter
from app.factory import create_app


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpFakeServer]:
    """A Redis that listens, and that the settings name."""
    server = TcpFakeServer(("127.0.0.1", 0))
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{server.server_address[1]}/0")
    yield server
    server.shutdown()
    server.server_close()
    serving.join()


def tries(count: int, folder: Path, database_url: str) -> list[int]:
    """What a process that has just begun answers to wrong codes for tablets."""
    config = settings(folder=folder, database=database_url, secret="only for tests")
    process = create_app(config | {"RATELIMIT_ENABLED": True})
    client, wrong = process.test_client(), {"code": "WRONG", "key": "no key", "app_version": "1.0.0"}
    statuses = [client.post("/sync/enrol", json=wrong).status_code for _n in range(count)]
    with process.app_context():
        db.engine.dispose()
    return statuses


@pytest.mark.usefixtures("redis")
def test_processes_that_share_a_redis_count_together(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # so that those after it are not counted

    first, second = tries(12, tmp_path, database_url), tries(12, tmp_path, database_url)

    assert 429 not in first
    assert second[-4:] == [429] * 4
    assert 429 not in second[:8]


def test_while_redis_is_silent_each_process_counts_for_itself(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")  # nothing listens there

    statuses = tries(22, tmp_path, database_url)

    assert 500 not in statuses
    assert statuses[-2:] == [429] * 2
    assert 429 not in statuses[:20]
