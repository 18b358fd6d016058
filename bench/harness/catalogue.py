"""The workloads, by the names that --only takes and that the tables show."""
from dataclasses import dataclass, field

KIB, MIB = 1024, 1024 * 1024
ALL_CLIENTS = (1, 4, 64)


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    unit: str                       # what the table counts: ops_s, or mb_s for bulk data
    load: dict = field(hash=False)  # options of bench_load
    clients: tuple = ALL_CLIENTS
    mount_targets: int = 0          # repositories beside the main one; no blob is mounted into one of them twice

    @property
    def cpu(self):
        return "cpu_s_per_gb" if self.unit == "mb_s" else "cpu_s_per_1k"

    def smoke(self):
        """The same in its smallest form: does it run at all?"""
        load = dict(self.load)
        if "size" in load:
            load["size"] = min(load["size"], 2 * MIB)
        if "seeds" in load:
            load["seeds"] = min(load["seeds"], 4)
        return Workload(self.name, self.title, self.unit, load, (2,), min(self.mount_targets, 4))


def _small(name, title, seeds, **options):
    return Workload(name, title, "ops_s", {"workload": name, "seeds": seeds, **options})


def _push(name, title, size, style, unit="mb_s", clients=ALL_CLIENTS):
    return Workload(name, title, unit, {"workload": "push-blob", "size": size, "style": style}, clients)


def _pull(name, title, size, seeds, unit="mb_s"):
    return Workload(name, title, unit, {"workload": "pull-blob", "size": size, "seeds": seeds})


# 64 pushes of 100 MiB at once would write 6.4 GB a server, round and style; --clients 64 does it.
FEW = (1, 4)

WORKLOADS = (
    _small("ping", "GET /v2/", 1),
    _small("head-blob", "HEAD blob", 32, size=16 * KIB),
    _small("get-manifest-tag", "GET manifest by tag", 32),
    _small("get-manifest-digest", "GET manifest by digest", 32),
    _small("head-manifest-tag", "HEAD manifest by tag", 32),
    _small("head-manifest-digest", "HEAD manifest by digest", 32),
    _small("put-manifest", "PUT manifest", 1),
    _push("push-64k", "push blob 64 KiB", 64 * KIB, "monolithic", "ops_s"),
    _push("push-64k-streamed", "push blob 64 KiB, streamed", 64 * KIB, "streamed", "ops_s"),
    _push("push-10m", "push blob 10 MiB", 10 * MIB, "monolithic"),
    _push("push-10m-streamed", "push blob 10 MiB, streamed", 10 * MIB, "streamed"),
    _push("push-100m", "push blob 100 MiB", 100 * MIB, "monolithic", clients=FEW),
    _push("push-100m-streamed", "push blob 100 MiB, streamed", 100 * MIB, "streamed", clients=FEW),
    _pull("pull-16k", "pull blob 16 KiB", 16 * KIB, 64, "ops_s"),
    _pull("pull-10m", "pull blob 10 MiB", 10 * MIB, 8),
    _pull("pull-100m", "pull blob 100 MiB", 100 * MIB, 2),
    _small("push-image", "push image 5 x 4 MiB", 1, size=4 * MIB),
    _small("pull-image", "pull image 5 x 4 MiB", 4, size=4 * MIB),
    Workload("mount", "mount blob", "ops_s", {"workload": "mount", "size": 128 * KIB, "seeds": 200}, mount_targets=300),
    _small("list-tags", "list 1000 tags", 1000),
)
BY_NAME = {workload.name: workload for workload in WORKLOADS}
REPOSITORY = "bench/data"


def repositories(workload):
    return [REPOSITORY, *(f"{REPOSITORY}-{i}" for i in range(workload.mount_targets))]
