"""`doorstep run` as a person starts it: a real server, really stopped."""

import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.cli.processes import MARK, all_end, kill_all, marked

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture
def run(tmp_path):
    """Starts the product on an empty data folder, without demonstration estate unless asked for."""
    started = []

    def start(**settings: str) -> subprocess.Popen:
        environment = {"PORT": str(free_port()), "DEMO": "0", "DOORSTEP_DATA": str(tmp_path / "data"), **settings}
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HOST", "TLS")}
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run"],
            cwd=ROOT,
            env={**inherited, MARK: str(tmp_path), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        process.port = environment["PORT"]
        started.append(process)
        return process

    yield start
    kill_all(str(tmp_path))
    for process in started:
        process.wait()
        process.stdout.close()


def welcome_of(server: subprocess.Popen) -> str:
    """What is printed until the server is ready."""
    said = []
    for line in server.stdout:
        said.append(line)
        if line.startswith("Stop it with"):
            break
    return "".join(said)


def test_it_serves_until_ctrl_c_and_leaves_no_process(run, tmp_path):
    server = run()
    welcome = welcome_of(server)

    assert f"Doorstep is ready: http://127.0.0.1:{server.port}\n" in welcome
    with urlopen(f"http://127.0.0.1:{server.port}/healthz") as answer:
        assert answer.status == 200
    processes = marked(str(tmp_path))
    # Who keeps them, gunicorn, its two workers, who runs the jobs, who prints; and what a library starts as it loads.
    assert len(processes) >= 6

    server.send_signal(signal.SIGINT)

    assert server.wait(60) == 0
    assert all_end(processes, within=60)
    assert marked(str(tmp_path)) == []


def test_killed_with_minus_nine_it_leaves_no_process(run, tmp_path):
    server = run()
    welcome_of(server)
    processes = marked(str(tmp_path))

    server.kill()

    assert all_end(processes, within=60)
    assert marked(str(tmp_path)) == []


def test_a_port_that_is_taken_is_said_in_one_line(run):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]

        server = run(PORT=str(port))

        said, _ = server.communicate(timeout=60)
    assert server.returncode == 1
    assert said == f"Error: port {port} is taken by another program; choose another: PORT={port + 1}\n"


def test_a_port_that_is_none_is_said_in_one_line(run):
    server = run(PORT="eighty")

    assert server.communicate(timeout=60)[0] == "Error: PORT=eighty is no port number\n"


def test_with_tls_a_tablet_fetches_the_authority_and_trusts_the_server(run):
    server = run(TLS="1")
    welcome = welcome_of(server)
    url = f"https://localhost:{server.port}"
    assert url in welcome

    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    with urlopen(f"{url}/doorstep-ca.crt", context=careless) as answer:
        authority = answer.read()

    fingerprint = x509.load_pem_x509_certificate(authority).fingerprint(SHA256()).hex(":").upper()
    assert fingerprint in welcome
    with urlopen(f"{url}/healthz", context=ssl.create_default_context(cadata=authority.decode())) as answer:
        assert answer.status == 200
