"""How long a warm sign-off sheet takes, its size and what it leaves behind: `python -m tests.bench.bench_documents`."""

import resource
import statistics
import time

from app.documents.printing import print_sheet
from tests.documents.builders import a_progress, a_sheet, an_answered_issue, an_issue

ROUNDS = 40


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds, kilobytes and pages; `first` includes reading the fonts."""
    usual = a_sheet()
    long = a_sheet(
        issues=tuple(an_issue(n) if n % 2 else an_answered_issue(n) for n in range(1, 31)),
        progress=tuple(a_progress() for _ in range(15)),
    )
    first, _ = _timed(usual)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worked = time.process_time()
    times = sorted(_timed(usual)[0] for _ in range(rounds))
    worked = time.process_time() - worked
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    long_time, long_printed = _timed(long)
    return {
        "sheet first s": first,
        "sheet median s": statistics.median(times),
        "sheet p95 s": times[int(0.95 * (len(times) - 1))],
        "sheet processor s": worked / rounds,
        "sheet kB": len(print_sheet(usual).pdf) / 1000,
        "memory grown per sheet kB": grown / rounds,
        "30 issues s": long_time,
        "30 issues pages": long_printed.pages,
        "30 issues kB": len(long_printed.pdf) / 1000,
    }


def _timed(sheet):
    started = time.perf_counter()
    printed = print_sheet(sheet)
    return time.perf_counter() - started, printed


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:28} {value:8.2f}")
