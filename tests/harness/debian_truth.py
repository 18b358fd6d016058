"""What a Debian tree is vulnerable to, found a second way: OSV records, dpkg-query, and dpkg --compare-versions.

Shares no code with the scanner on purpose. Run by itself it prints the findings of a tree, a line each:

    python3 tests/harness/debian_truth.py ROOT 11 RECORDS.jsonl.xz...
"""
import functools
import json
import lzma
import re
import subprocess
import sys


def sources(root):
    """(source, version) of everything that is installed, as dpkg itself says."""
    done = subprocess.run(
        ["dpkg-query", f"--admindir={root}/var/lib/dpkg", "--show",
         "--showformat=${db:Status-Status}\\t${source:Package}\\t${source:Version}\\n"],
        capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {(source, version) for status, source, version in rows if status == "installed"}


@functools.cache
def is_before(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0


def is_inside(version, events):
    """OSV's own evaluation: the events in their order, the last one that applies decides."""
    inside = False
    for event in sorted(events, key=functools.cmp_to_key(compare_events)):
        if "introduced" in event and (event["introduced"] == "0" or not is_before(version, event["introduced"])):
            inside = True
        if "fixed" in event and not is_before(version, event["fixed"]):
            inside = False
        if "last_affected" in event and is_before(event["last_affected"], version):
            inside = False
    return inside


def compare_events(a, b):
    left, right = next(iter(a.values())), next(iter(b.values()))
    if left == right:
        return 0
    if left == "0":
        return -1
    if right == "0":
        return 1
    return -1 if is_before(left, right) else 1


def records(files):
    for file in files:
        with lzma.open(file, "rt") as lines:
            for line in lines:
                yield json.loads(line)


def is_erratum(record):
    return record["id"].startswith(("DSA-", "DLA-"))


def cves_in(record):
    names = [record["id"], *(n for key in ("aliases", "upstream", "related") for n in record.get(key, []))]
    return {cve for name in names for cve in re.findall(r"CVE-\d+-\d+", name)}


def flaws_of(record, known):
    """Whose record this is: a CVE's; an erratum's speaks for those of its CVEs that have no record of their own, and
    for itself where it is about no CVE (a regression, new time zones)."""
    cves = cves_in(record)
    return (cves - known or (set() if cves else {record["id"]})) if is_erratum(record) else cves


def affects(record, release, name, version):
    for affected in record["affected"]:
        package = affected["package"]
        if package["ecosystem"] == f"Debian:{release}" and package["name"] == name:
            ranges = [r["events"] for r in affected.get("ranges", []) if r["type"] == "ECOSYSTEM"]
            if any(is_inside(version, events) for events in ranges) or version in affected.get("versions", ()):
                return True
    return False


def findings(root, release, files):
    """{(flaw, source, version)}: each flaw of each source package, once."""
    there = [record for record in records(files) if not record.get("withdrawn")]
    known = set().union(*(cves_in(record) for record in there if not is_erratum(record)))
    installed = sorted(sources(root))
    found = set()
    for record in there:
        names = {affected["package"]["name"] for affected in record["affected"]}
        for source, version in installed:
            if source in names and affects(record, release, source, version):
                found |= {(flaw, source, version) for flaw in flaws_of(record, known)}
    return found


if __name__ == "__main__":
    for row in sorted(findings(sys.argv[1], sys.argv[2], sys.argv[3:])):
        print("\t".join(row))
