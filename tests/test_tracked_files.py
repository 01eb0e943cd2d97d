"""House rules about the files that are kept in the repository."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REGISTRIES = ["pypi org", "pythonhosted org", "npmjs org", "npmjs com", "deb debian org", "security debian org"]
PYTHON_LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, str]:
    """Package → version, with its marker if it has one."""
    lines = (ROOT / lock).read_text().splitlines()
    return dict(line.rstrip(" \\").split("==", 1) for line in lines if "==" in line and not line.startswith((" ", "#")))


def test_no_file_names_a_package_registry():
    hosts = [host.replace(" ", ".").encode() for host in REGISTRIES]

    naming = [path.relative_to(ROOT) for path in tracked() if any(host in path.read_bytes() for host in hosts)]

    assert naming == [], "take the host out: everybody's package clients know their own registry"


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_locked_python_package_has_its_hashes(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert packages
    assert [entry.split()[0] for entry in packages if "--hash=sha256:" not in entry] == [], "run: make lock"


def test_what_runs_is_what_is_tested():
    run, developer = pins("requirements.txt"), pins("requirements-dev.txt")

    assert {name: version for name, version in run.items() if developer.get(name) != version} == {}, "run: make lock"


def test_the_npm_lock_names_no_address_and_every_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {name: entry for name, entry in packages.items() if name}

    assert [name for name, entry in locked.items() if "resolved" in entry] == []
    assert [name for name, entry in locked.items() if "integrity" not in entry] == []
