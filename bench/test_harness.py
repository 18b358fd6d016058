"""The parts of the benchmark that decide something: python3 -m unittest discover -s bench"""
import datetime
import unittest

from harness import aws, catalogue, rounds, servers, summary, targets


def sample(server, round_number, **numbers):
    return {"transport": "plain", "workload": "push-10m", "clients": 4, "server": server, "round": round_number,
            **dict.fromkeys(summary.NUMBERS, 1.0), **numbers}


class Signing(unittest.TestCase):
    def test_agrees_with_botocore(self):
        """The expected signature was made with botocore's SigV4Auth from the same request."""
        now = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.timezone.utc)
        headers = aws.signed_headers("127.0.0.1:5000", aws.TARGET + "CreateRepository", b'{"repositoryName":"a/b"}',
                                     "AKIAX", "s/e+c", "us-east-1", now)
        self.assertTrue(headers["authorization"].endswith(
            "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
            "Signature=92f443d5a7a1ac94a34dd5c6d64454c6194182c9b76591755a609e1f40b4cf54"))


class Verdicts(unittest.TestCase):
    def test_levels_include_their_bounds(self):
        self.assertEqual(targets.level_of(8, (8, 14), True), "good")
        self.assertEqual(targets.level_of(7.9, (8, 14), True), "missed")
        self.assertEqual(targets.level_of(0.04, (0.08, 0.04), False), "extreme")
        self.assertEqual(targets.level_of(2, (None, 0.75), False), "good")

    def test_the_lower_level_counts_and_the_culprit_is_named(self):
        row = {"throughput": [2, 3], "cpu": [0.5, 0.3]}
        self.assertEqual(targets.verdict(row, 3, 0.3), "extreme")
        self.assertEqual(targets.verdict(row, 3, 0.4), "good")
        self.assertEqual(targets.verdict(row, 3, 0.6), "missed: CPU")
        self.assertEqual(targets.verdict(row, 1, 0.6), "missed: throughput, CPU")

    def test_one_client_has_a_target_of_its_own(self):
        aims = targets.load()
        self.assertEqual(targets.row_for(aims, "push-10m", 1, "plain")["throughput"], [2, 3.5])
        self.assertEqual(targets.row_for(aims, "push-10m", 64, "plain")["throughput"], [1.7, 3])
        self.assertIsNone(targets.row_for(aims, "push-10m", 4, "tls"))

    def test_every_workload_has_a_target_and_every_target_a_workload(self):
        aims = targets.load()
        for workload in catalogue.WORKLOADS:
            self.assertIsNotNone(targets.row_for(aims, workload.name, 4, "plain"), workload.name)
        for name in sum((row["workloads"] for row in aims["rows"]), aims["p99"]["bulk_workloads"]):
            self.assertIn(name, catalogue.BY_NAME)


def plan(transports, **kinds):
    """The turns of two rounds of one workload."""
    found = {name: kind(name) for name, kind in kinds.items()}
    return list(rounds.Plan([catalogue.BY_NAME["ping"]], found, transports, 2, 1, None, None, None).turns())


class Rounds(unittest.TestCase):
    def test_who_begins_changes_from_round_to_round(self):
        self.assertEqual([turn[3] for turn in plan(["plain"], a=servers.Berth, b=servers.Berth)], ["a", "b", "b", "a"])

    def test_the_floor_has_no_turn_over_tls(self):
        turns = plan(["plain", "tls"], berth=servers.Berth, floor=servers.Floor)
        self.assertEqual([turn[3] for turn in turns if turn[0] == "plain"], ["berth", "floor", "floor", "berth"])
        self.assertEqual([turn[3] for turn in turns if turn[0] == "tls"], ["berth", "berth"])


class Tables(unittest.TestCase):
    def setUp(self):
        self.rows = summary.rows_of([sample("berth", 0, mb_s=100), sample("distribution-v3", 0, mb_s=100),
                                     sample("berth", 1, mb_s=300, cpu_s_per_gb=0.2), sample("berth", 2, mb_s=200)])

    def test_rows_hold_medians(self):
        self.assertEqual(len(self.rows), 1)
        self.assertEqual(self.rows[0]["servers"]["berth"]["mb_s"], 200)

    def test_bulk_is_compared_by_bytes(self):
        self.assertEqual(summary.ratios(self.rows[0], "distribution-v3")["throughput"], 2)

    def test_a_row_tells_ratio_target_and_verdict(self):
        line = summary.verdict_table(self.rows, targets.load()).splitlines()[-1]
        self.assertEqual(line, "| push blob 10 MiB | 4 | 2.00x | 1.00x | 1.7x / 3x, CPU 0.5x / 0.3x | missed: CPU | "
                               "1.00x (missed) | 1 (extreme) |")

    def test_without_the_peer_there_is_no_verdict(self):
        rows = summary.rows_of([sample("berth", 0)])
        self.assertEqual(summary.verdict_table(rows, targets.load()), "")


class FloorTable(unittest.TestCase):
    """Targets of the row: throughput 1.7x / 3x, CPU 0.5x / 0.3x."""

    def rows(self, floor):
        samples = [sample("berth", 0, mb_s=150, cpu_s_per_gb=0.6), sample("distribution-v3", 0, mb_s=100)]
        return summary.rows_of(samples + ([sample("floor", 0, **floor)] if floor else []))

    def tally(self, rows):
        result = {"date": "", "rounds": 1, "milliseconds": 1, "servers": {}, "rows": rows,
                  "machine": dict.fromkeys(("cores", "processor", "memory_gib", "kernel", "filesystem"), "")}
        return summary.markdown(result, targets.load()).splitlines()[2]

    def test_a_row_tells_whether_the_floor_reaches_good_and_how_near_we_are(self):
        line = summary.floor_table(self.rows({"mb_s": 200, "cpu_s_per_gb": 0.4}), targets.load()).splitlines()[-1]
        self.assertEqual(line, "| push blob 10 MiB | 4 | 2.00x | 0.40x | 1.7x / 3x, CPU 0.5x / 0.3x | good | 75 % | "
                               "missed: throughput, CPU |")

    def test_without_the_floor_there_is_no_table(self):
        rows = self.rows(None)
        self.assertEqual(summary.floor_table(rows, targets.load()), "")
        self.assertEqual(self.tally(rows), "- of 1 rows with a target, 0 reach 'extreme', 0 'good', 1 miss it")

    def test_what_the_floor_misses_too_is_counted(self):
        missed, reached = self.rows({"mb_s": 160, "cpu_s_per_gb": 0.4}), self.rows({"mb_s": 200, "cpu_s_per_gb": 0.4})
        self.assertTrue(self.tally(missed).endswith("1 miss it; of those, 1 are missed by the floor too"))
        self.assertTrue(self.tally(reached).endswith("1 miss it; of those, 0 are missed by the floor too"))

    def test_a_server_without_a_row_has_no_column(self):
        result = {"date": "", "rounds": 1, "milliseconds": 1, "rows": self.rows(None),
                  "servers": {"berth": "1", "floor": "0"},
                  "machine": dict.fromkeys(("cores", "processor", "memory_gib", "kernel", "filesystem"), "")}
        self.assertIn("| workload | clients | berth |", summary.markdown(result, targets.load()))


class FloorServer(unittest.TestCase):
    def test_it_is_built_when_it_is_asked_for_and_only_then(self):
        never = lambda: self.fail("built for nothing")
        self.assertEqual(servers.find_servers(["floor"], never, lambda: "/floor")["floor"].binary.name, "floor")
        self.assertNotIn("floor", servers.find_servers(["docker-registry"], never, never))


if __name__ == "__main__":
    unittest.main()
