"""The one file of figures: every benchmark adds its flat keys to `bench.json` at the root."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parents[2] / "bench.json"


def add(figures: Mapping[str, float | str], file: Path = FILE) -> None:
    """Write these beside what other benchmarks wrote; a key that is there already gets the new value.

    A key names what was measured: `…_ms` is a median in milliseconds, `…_vs_…` a ratio, above 1 where we are faster.
    """
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(file.read_text()) if file.exists() else {}
        fresh = file.with_suffix(".fresh")
        fresh.write_text(json.dumps(dict(sorted({**known, **_rounded(figures)}.items())), indent=2) + "\n")
        os.replace(fresh, file)
    file.with_suffix(".lock").unlink(missing_ok=True)


def _rounded(figures: Mapping[str, float | str]) -> dict[str, float | str]:
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
