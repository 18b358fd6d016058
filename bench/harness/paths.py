"""Where things are and where they go."""
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
BUILD = ROOT / "build" / "bench"
RESULT = BUILD / "results.json"
TARGETS = ROOT / "bench" / "targets.json"
PAGE = ROOT / "docs" / "performance.md"
BERTH = Path(os.environ.get("BERTH_BINARY") or ROOT / "build" / "release" / "berth")


def filesystem_of(folder):
    """The type of the file system a folder is on, as mount calls it."""
    best, kind = Path("/"), "unknown"
    real = Path(folder).resolve()
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, tail = line.partition(" - ")
        point = Path(fields.split()[4].replace("\\040", " "))
        if real.is_relative_to(point) and len(point.parts) >= len(best.parts):
            best, kind = point, tail.split()[0]
    return kind
