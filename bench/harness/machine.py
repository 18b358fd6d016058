"""The machine, in the few words that a reader of the table needs."""
import os
import platform
from pathlib import Path

from .paths import filesystem_of


def describe(folder):
    processor = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": processor, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory),
            "kernel": platform.release().split("-")[0], "filesystem": filesystem_of(folder),
            "load_before": round(os.getloadavg()[0], 2)}
