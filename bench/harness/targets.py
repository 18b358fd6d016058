"""How far a row is from what we aim for (bench/targets.json)."""
import json

from .paths import TARGETS

MISSED, GOOD, EXTREME = "missed", "good", "extreme"


def load():
    return json.loads(TARGETS.read_text())


def level_of(value, pair, more_is_better):
    """Which of the (good, extreme) pair the value reaches. A target of None asks for nothing."""
    def reaches(target):
        return target is None or (value >= target if more_is_better else value <= target)

    good, extreme = pair
    return EXTREME if reaches(extreme) else GOOD if reaches(good) else MISSED


def row_for(targets, workload, clients, transport):
    """The first row of the targets that speaks of this; None when none does."""
    for row in targets["rows"]:
        if (workload in row["workloads"] and clients in row.get("clients", [clients])
                and transport == row.get("transport", "plain")):
            return row
    return None


def p99_pair(targets, workload):
    p99 = targets["p99"]
    return p99["bulk" if workload in p99["bulk_workloads"] else "small"]


def is_missed(verdict_text):
    return verdict_text.startswith(MISSED)


def verdict(row, throughput, cpu):
    """The lower of the two levels, and what is to blame when it is not reached. `row` is one of row_for()."""
    levels = [("throughput", level_of(throughput, row["throughput"], True))]
    if "cpu" in row:
        levels.append(("CPU", level_of(cpu, row["cpu"], False)))
    missed = [name for name, level in levels if level == MISSED]
    if missed:
        return f"{MISSED}: {', '.join(missed)}"
    return EXTREME if all(level == EXTREME for _, level in levels) else GOOD
