"""From samples to rows, and from rows to Markdown."""
from statistics import median

from . import targets as aims
from .catalogue import BY_NAME

NUMBERS = ("calls", "ops_s", "mb_s", "p50_ms", "p99_ms", "cpu_s_per_1k", "cpu_s_per_gb", "peak_rss_mib", "client_cpu_s")
OURS, FLOOR = "berth", "floor"


def rows_of(samples):
    """One row for each transport, workload and number of clients, in their first order: the servers' medians."""
    grouped = {}
    for sample in samples:
        key = sample["transport"], sample["workload"], sample["clients"]
        grouped.setdefault(key, {}).setdefault(sample["server"], []).append(sample)
    return [{"transport": key[0], "workload": key[1], "clients": key[2],
             "servers": {server: {number: median(sample[number] for sample in group) for number in NUMBERS}
                         for server, group in servers.items()}}
            for key, servers in grouped.items()]


def ratios(row, peer, server=OURS):
    """The server's to the peer's, or None when one of them was not measured."""
    ours, theirs = row["servers"].get(server), row["servers"].get(peer)
    if not ours or not theirs:
        return None
    workload = BY_NAME[row["workload"]]
    return {name: ours[number] / theirs[number] if theirs[number] else float("nan")
            for name, number in (("throughput", workload.unit), ("cpu", workload.cpu), ("p99", "p99_ms"))}


def _short(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(header, lines):
    rule = ["---"] * 2 + ["--:"] * (len(header) - 2)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, rule, *lines])


def throughput_table(rows, servers):
    """What each server reached."""
    def cell(row, server):
        numbers, unit = row["servers"].get(server), BY_NAME[row["workload"]].unit
        if not numbers:
            return "-"
        return f"{_short(numbers[unit])} {'MB/s' if unit == 'mb_s' else 'ops/s'}"
    return _table(["workload", "clients", *servers],
                  [[BY_NAME[row["workload"]].title, str(row["clients"]), *(cell(row, server) for server in servers)]
                   for row in rows])


def detail_table(rows, servers):
    """Latency, CPU and memory of each server."""
    lines = []
    for row in rows:
        workload = BY_NAME[row["workload"]]
        for server in servers:
            if numbers := row["servers"].get(server):
                lines.append([workload.title, server, str(row["clients"]), _short(numbers["p50_ms"]),
                              _short(numbers["p99_ms"]),
                              f"{numbers[workload.cpu]:.3g} {'s/GB' if workload.unit == 'mb_s' else 's/1k'}",
                              _short(numbers["peak_rss_mib"])])
    return _table(["workload", "server", "clients", "p50 ms", "p99 ms", "CPU", "peak MiB"], lines)


def _pairs(aim):
    """A target in words: good / extreme, of throughput and, where there is one, of CPU."""
    if aim is None:
        return "-"
    words = [" / ".join(f"{number:g}x" for number in aim["throughput"])]
    if "cpu" in aim:
        words.append("CPU " + " / ".join("-" if number is None else f"{number:g}x" for number in aim["cpu"]))
    return ", ".join(words)


def verdict_of(row, targets, server=OURS):
    """"extreme", "good", "missed: why"; None where there is no target or nothing to compare."""
    ratio = ratios(row, targets["peer"], server)
    aim = aims.row_for(targets, row["workload"], row["clients"], row["transport"])
    return aims.verdict(aim, ratio["throughput"], ratio["cpu"]) if ratio and aim else None


def verdict_table(rows, targets):
    """Ours against the peer and the targets; empty when one of them was not measured."""
    lines = []
    for row in rows:
        ratio = ratios(row, targets["peer"])
        if ratio is None:
            continue
        p99 = f"{ratio['p99']:.2f}x"
        if row["transport"] == "plain":  # the targets of latency speak of plain HTTP
            p99 += f" ({aims.level_of(ratio['p99'], aims.p99_pair(targets, row['workload']), False)})"
        rss = row["servers"][OURS]["peak_rss_mib"]
        aim = aims.row_for(targets, row["workload"], row["clients"], row["transport"])
        lines.append([BY_NAME[row["workload"]].title, str(row["clients"]), f"{ratio['throughput']:.2f}x",
                      f"{ratio['cpu']:.2f}x", _pairs(aim), verdict_of(row, targets) or "-", p99,
                      f"{rss:.0f} ({aims.level_of(rss, targets['rss_mib'], False)})"])
    header = ["workload", "clients", "throughput", "CPU", "good / extreme", "verdict", "p99", "peak MiB"]
    return _table(header, lines) if lines else ""


def floor_table(rows, targets):
    """What a server that does the least would reach, and how near ours is; empty without the floor or the peer."""
    lines = []
    for row in rows:
        verdict, ratio = verdict_of(row, targets, FLOOR), ratios(row, targets["peer"], FLOOR)
        if verdict is None:
            continue
        aim = aims.row_for(targets, row["workload"], row["clients"], row["transport"])
        of_floor = ratios(row, FLOOR)
        lines.append([BY_NAME[row["workload"]].title, str(row["clients"]), f"{ratio['throughput']:.2f}x",
                      f"{ratio['cpu']:.2f}x", _pairs(aim), verdict,
                      f"{100 * of_floor['throughput']:.0f} %" if of_floor else "-", verdict_of(row, targets) or "-"])
    header = ["workload", "clients", "floor's throughput", "floor's CPU", "good / extreme", "floor's verdict",
              "Berth's throughput of the floor's", "Berth's verdict"]
    return _table(header, lines) if lines else ""


def markdown(result, targets):
    """The whole of it, for docs/performance.md."""
    parts = [_preface(result, targets)]
    for transport, title in (("plain", "Plain HTTP"), ("tls", "TLS")):
        rows = [row for row in result["rows"] if row["transport"] == transport]
        if not rows:
            continue
        servers = [name for name in result["servers"] if any(name in row["servers"] for row in rows)]
        if verdicts := verdict_table(rows, targets):
            parts.append(f"### {title}: Berth against {targets['peer']}\n\n{verdicts}")
        if leaves := floor_table(rows, targets):
            parts.append(f"### {title}: what the machine leaves\n\n{leaves}")
        parts.append(f"### {title}: throughput\n\n{throughput_table(rows, servers)}")
        parts.append(f"<details><summary>{title}: latency, CPU and memory of each server</summary>\n\n"
                     f"{detail_table(rows, servers)}\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _preface(result, targets):
    machine = result["machine"]
    lines = [f"Measured {result['date']} on {machine['cores']} cores ({machine['processor']}), "
             f"{machine['memory_gib']} GiB, Linux {machine['kernel']}, {machine['filesystem']}; "
             f"{result['rounds']} rounds, medians, {result['milliseconds'] / 1000:g} s for each number of clients.", ""]
    lines += [f"- {name}: {version}" for name, version in result["servers"].items()]
    for name, seconds in result.get("cold_start_s", {}).items():
        middle = 1000 * median(seconds)
        aim = ""
        if name == OURS:
            reached = "reached" if middle <= targets["cold_start_ms"] else "missed"
            aim = f" (target {targets['cold_start_ms']} ms: {reached})"
        lines.append(f"- cold start of {name}, from exec to ready in an empty folder: {middle:.0f} ms{aim}")
    if tally := _tally(result["rows"], targets):
        lines.append(f"- {tally}")
    return "\n".join(lines)


def _tally(rows, targets):
    """How many rows reach what, in words; of those missed, how many the floor misses too. Empty without a verdict."""
    judged = [(verdict, verdict_of(row, targets, FLOOR)) for row in rows if (verdict := verdict_of(row, targets))]
    if not judged:
        return ""
    verdicts = [verdict for verdict, _ in judged]
    extreme, good = verdicts.count(aims.EXTREME), verdicts.count(aims.GOOD)
    text = (f"of {len(verdicts)} rows with a target, {extreme} reach 'extreme', {good} 'good', "
            f"{len(verdicts) - extreme - good} miss it")
    if of_missed := [floors for verdict, floors in judged if aims.is_missed(verdict) and floors]:
        text += f"; of those, {sum(map(aims.is_missed, of_missed))} are missed by the floor too"
    return text
