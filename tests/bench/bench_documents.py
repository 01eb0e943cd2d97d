"""How quickly papers are printed, sealed and verified, how large they are: `python -m tests.bench.bench_documents`.

Each figure is taken in processes of its own, for what one leaves in memory would flatter or spoil the next.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from flask import Flask
from weasyprint import CSS

from app.documents import printing
from app.documents.ink import ink_svg
from app.documents.on_paper import CodeOnPaper, InkOnPaper
from app.documents.printing import as_data, print_sheet
from app.documents.seal.reading import read_seal
from app.documents.seal.sealing import seal
from app.documents.seal.seals import CompanySeal, company_seal, known_seals
from app.documents.sheets import SignOffSheet
from app.documents.shelf import print_and_seal
from app.jobs.press import hands
from tests.bench import figures
from tests.documents.builders import a_progress, a_sheet, an_answered_issue, an_issue

ROUNDS = 40
COLD = 5
BATCH = 500
CORES = 2
ISSUES_ON_500_PAGES = 5400
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)


def main() -> None:
    """Print all figures, and write them into bench.json."""
    cold = [_alone("first") for _ in range(COLD)]
    found = {
        "sheet_cold_ms": statistics.median(one["ms"] for one in cold),
        "sheet_program_start_ms": statistics.median(one["start_ms"] for one in cold),
        **_alone("warm"),
        **_alone("versus"),
        **_alone("seals"),
        **_alone("many_pages"),
        **_alone("batch"),
    }
    for name, value in found.items():
        print(f"{name:32} {value:10.2f}")
    figures.add(found)


def _alone(what: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_documents", what]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


# --- One sheet


def first() -> dict[str, float]:
    """The first sheet of a process: fonts and styles are read with it."""
    began = time.clock_gettime(time.CLOCK_PROCESS_CPUTIME_ID)
    return {"ms": _median(lambda: print_sheet(a_sheet()), 1), "start_ms": began * 1000}


def warm() -> dict[str, float]:
    """Every later one; what it weighs, and what the process weighs at most and more with each."""
    usual = a_sheet()
    print_sheet(usual)
    before, worked = _peak_mb(), time.process_time()
    times = _times(lambda: print_sheet(usual), ROUNDS)
    worked = time.process_time() - worked
    return {
        "sheet_warm_ms": statistics.median(times),
        "sheet_warm_p95_ms": times[int(0.95 * (ROUNDS - 1))],
        "sheet_warm_processor_ms": worked / ROUNDS * 1000,
        "sheet_kb": len(print_sheet(usual).pdf) / 1000,
        "sheet_peak_mb": _peak_mb(),
        "sheet_grown_mb": (_peak_mb() - before) / ROUNDS,
    }


def versus() -> dict[str, float]:
    """The same page, styles and PDF by plain WeasyPrint and by the press, in turns: what each asks of a processor."""
    usual = a_sheet()
    command = [sys.executable, "-m", "tests.bench.plain_weasyprint"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as plain:
        assert plain.stdin
        assert plain.stdout
        print(json.dumps(_what_the_press_hands_over(usual)), file=plain.stdin, flush=True)
        times: dict[str, list[float]] = {"plain": [], "ours": []}
        for _ in range(1 + ROUNDS // 2):
            print(file=plain.stdin, flush=True)
            times["plain"].append(float(plain.stdout.readline()))
            began = time.process_time()
            print_sheet(usual)
            times["ours"].append((time.process_time() - began) * 1000)
        plain.stdin.close()
    middle = {who: statistics.median(found[1:]) for who, found in times.items()}  # the first of a process is no measure
    return {"sheet_plain_processor_ms": middle["plain"], "sheet_vs_plain": middle["plain"] / middle["ours"]}


def _what_the_press_hands_over(sheet: SignOffSheet) -> dict[str, Any]:
    """
    Page, styles and options that WeasyPrint gets from us for a sheet, in a process that has printed nothing yet.

    What we give it apart from the page, signatures and the code to scan, stands in it as SVG and PNG.
    """
    made: dict[CSS, dict[str, str]] = {}
    heard: dict[str, Any] = {"options": {"pdf_variant": "pdf/a-3a"}}

    def style(**given: Any) -> CSS:
        css = CSS(**given)
        made[css] = {name: str(value) for name, value in given.items() if name in ("string", "filename")}
        return css

    class Page(printing.Page):
        def __init__(self, text: str, fetcher: Any) -> None:
            heard["page"] = text
            super().__init__(text, fetcher)

        def render(self, **given: Any) -> Any:
            heard["styles"] = [made[css] for css in given["stylesheets"]]
            for address, image in given["cache"].items():
                heard["page"] = heard["page"].replace(address, _in_the_page(image))
            return super().render(**given)

    with patch.object(printing, "Page", Page), patch.object(printing, "CSS", style):
        print_sheet(sheet)
    return heard


def _in_the_page(image: InkOnPaper | CodeOnPaper) -> str:
    if isinstance(image, InkOnPaper):
        return as_data("image/svg+xml", ink_svg(image.ink).encode())
    address: str = image.code.png_data_uri(scale=6, border=0)
    return address


def seals() -> dict[str, float]:
    """Sealing a sheet and reading the seal back."""
    pdf = print_sheet(a_sheet()).pdf
    ours, known = _a_seal()
    sealed = seal(pdf, ours, reason="T07-0012")
    assert read_seal(sealed, known)
    return {
        "seal_ms": _median(lambda: seal(pdf, ours, reason="T07-0012"), ROUNDS),
        "seal_read_ms": _median(lambda: read_seal(sealed, known), ROUNDS),
        "sheet_sealed_kb": len(sealed) / 1000,
    }


def _a_seal() -> tuple[CompanySeal, list[bytes]]:
    """A seal made for this, and what it is known by."""
    with tempfile.TemporaryDirectory() as folder:
        place = Flask("bench")
        place.config["KEYS"] = folder
        with place.app_context():
            return company_seal("翠湖物业", NOW), known_seals()


# --- Many


def many_pages() -> dict[str, float]:
    """One document of some five hundred pages."""
    issues = tuple((an_issue if n % 2 else an_answered_issue)(n) for n in range(1, ISSUES_ON_500_PAGES + 1))
    long = a_sheet(issues=issues, progress=tuple(a_progress() for _ in range(15)))
    started = time.perf_counter()
    printed = print_sheet(long)
    return {
        "document_500_pages_s": (time.perf_counter() - started) * 500 / printed.pages,
        "document_500_pages_pages": printed.pages,
        "document_500_pages_kb": len(printed.pdf) / 1000,
        "document_500_pages_peak_mb": _peak_mb(),
    }


def batch(sheets: int = BATCH) -> dict[str, float]:
    """Different sheets, printed and sealed by the hands of the press: a process for each processor, forked warm."""
    ours, _known = _a_seal()
    with hands(CORES) as pool:
        list(pool.map(_one_of_many, range(2 * CORES), [ours] * 2 * CORES))
        started = time.perf_counter()
        peaks = list(pool.map(_one_of_many, range(sheets), [ours] * sheets))
        took = time.perf_counter() - started
    return {
        "batch_500_sheets_s": took * 500 / sheets,
        "batch_500_peak_mb": max(peaks),
        "sheets_per_second": sheets / took,
    }


def _one_of_many(n: int, ours: CompanySeal) -> float:
    """How much memory the hand that printed it has had at most: it is no child of ours that could be asked later."""
    sheet = a_sheet(number=f"T07-{n:04}", unit=f"{n % 30} 栋 1 单元 {n:04}", wishes=f"第 {n} 户没有别的意见。")
    assert print_and_seal(sheet, ours)
    return _peak_mb()


# --- Measuring


def _times(act: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds, the shortest first."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)


def _median(act: Callable[[], object], rounds: int) -> float:
    return statistics.median(_times(act, rounds))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


ALONE = {act.__name__: act for act in (first, warm, versus, seals, many_pages, batch)}


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(ALONE[sys.argv[1]]()))
    else:
        main()
