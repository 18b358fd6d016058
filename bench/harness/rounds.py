"""Runs the rounds: for each workload and transport, the servers take turns, each turn on a server fresh from its start."""
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .catalogue import REPOSITORY, repositories


class Invalid(Exception):
    """A call was answered wrongly, or not at all: the numbers of that turn mean nothing."""


@dataclass(frozen=True)
class Plan:
    workloads: list
    servers: dict        # name -> Server
    transports: list     # "plain", "tls"
    rounds: int
    milliseconds: int    # of each number of clients
    load: Path           # the load generator
    folder: Path         # for the servers' data
    certificate: tuple
    clients: tuple = ()  # instead of the workloads' own

    def clients_of(self, workload):
        return self.clients or workload.clients

    def turns(self):
        """(transport, workload, round, server name); who begins changes from round to round."""
        for transport in self.transports:
            names = [name for name, server in self.servers.items() if transport in server.transports]
            for workload in self.workloads:
                for number in range(self.rounds):
                    for i in range(len(names)):
                        yield transport, workload, number, names[(i + number) % len(names)]


def run(plan, report):
    """Yields one sample a turn and number of clients. `report(done, total, text)` is called before each turn."""
    turns = list(plan.turns())
    for done, (transport, workload, number, name) in enumerate(turns):
        report(done, len(turns), f"{transport} {workload.name} round {number + 1} {name}")
        for outcome in _turn(plan, transport, workload, plan.servers[name]):
            yield {"transport": transport, "workload": workload.name, "server": name, "round": number, **outcome}
    report(len(turns), len(turns), "done")


def _turn(plan, transport, workload, server):
    os.sync()  # what the last turn left to write must not be written in this one
    folder = Path(tempfile.mkdtemp(prefix=f"{server.name}-", dir=plan.folder))
    try:
        tls = plan.certificate if transport == "tls" else None
        with server.running(folder / "turn", tls, repositories(workload)) as running:
            return _load(plan, workload, running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load(plan, workload, running):
    clients = plan.clients_of(workload)
    command = [plan.load, "--port", running.port, "--server", running.process.pid, "--repository", REPOSITORY,
               "--transport", "tls" if running.tls else "plain", "--milliseconds", plan.milliseconds,
               "--clients", ",".join(map(str, clients))]
    for option, value in workload.load.items():
        command += [f"--{option}", value]
    if workload.mount_targets:
        command += ["--targets", workload.mount_targets]
    if running.authorization:
        token = running.folder / "authorization"
        token.touch(mode=0o600)
        token.write_text(running.authorization + "\n")
        command += ["--authorization", token]
    # A turn ends by the clock; what takes ten times as long hangs.
    patience = 120 + 10 * len(clients) * plan.milliseconds / 1000
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=patience)
    outcomes = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [outcome["error"] for outcome in outcomes if outcome["error"]]
    if done.returncode != 0 or wrong or len(outcomes) != len(clients):
        raise Invalid(f"{running.server.name}, {workload.name}: {(wrong or [done.stderr.strip()])[0]}")
    for outcome in outcomes:
        if not all(outcome[number] > 0 for number in ("calls", "ops_s", "p99_ms", "server_cpu_s", "peak_rss_mib")):
            raise Invalid(f"{running.server.name}, {workload.name}: a number is missing in {outcome}")
    return outcomes


def cold_starts(server, folder, times):
    """Seconds from exec to ready: of first starts in an empty folder, fewest first."""
    seconds = []
    for _ in range(times):
        place = Path(tempfile.mkdtemp(prefix=f"cold-{server.name}-", dir=folder))
        with server.running(place / "turn") as running:
            seconds.append(running.ready_after)
        shutil.rmtree(place, ignore_errors=True)
    return sorted(seconds)
