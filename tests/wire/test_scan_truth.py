"""Does `berth scan` find what is there, and nothing else? A real, outdated Debian image and real advisories, against
dpkg's own tools over the same records (harness/debian_truth.py)."""
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness import debian_truth
from harness.images import outdated_image
from harness.server import BINARY as BERTH

RECORDS = Path(__file__).parents[1] / "data/debian-bullseye/osv.jsonl.xz"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vulndb")
    subprocess.run([BERTH, "vulndb", "import", "--db", folder, RECORDS], check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The image as an OCI layout, and the package database that dpkg reads: (layout, root)."""
    return outdated_image(tmp_path_factory.mktemp("outdated"))


@pytest.fixture(scope="module")
def scan(database):
    def run(target, *arguments):
        done = subprocess.run([BERTH, "scan", "--db", database, *arguments, target], capture_output=True, text=True,
                              timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def rows_of(answer):
    """(name, source package, version) of the basic form, as often as they stand there."""
    findings = answer["imageScanFindings"]["findings"]
    attributes = [{a["key"]: a["value"] for a in finding["attributes"]} for finding in findings]
    return [(finding["name"], a["package_name"], a["package_version"]) for finding, a in zip(findings, attributes)]


@pytest.fixture(scope="module")
def truth(image):
    return debian_truth.findings(image[1], "11", [RECORDS])


def test_the_findings_are_exactly_those_of_dpkg(image, scan, truth):
    rows = rows_of(scan(image[0], "--format=json"))
    assert len(rows) == len(set(rows))
    assert set(rows) == truth
    # The image is old enough to mean something.
    assert len({name for name, _, _ in truth if name.startswith("CVE-")}) > 100


def test_both_forms_say_the_same(image, scan, truth):
    answer = scan(image[0], "--format=json", "--enhanced", "--os-only")
    findings = answer["imageScanFindings"]["enhancedFindings"]
    assert {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in findings} == {name for name, _, _ in truth}
    assert len(findings) == len({name for name, _, _ in truth})
    fixed = [f for f in findings if f["fixAvailable"] == "YES"]
    assert len(fixed) > 24
    for finding in fixed:
        for package in finding["packageVulnerabilityDetails"]["vulnerablePackages"]:
            installed = f"{package['epoch']}:{package['version']}-{package['release']}"
            assert debian_truth.is_before(installed, package["fixedInVersion"]), finding["title"]


def test_what_is_installed_is_what_dpkg_says(image):
    done = subprocess.run([BERTH, "sbom", image[0]], capture_output=True, text=True, timeout=300, check=True)
    listed = {(c["name"], c["version"]) for c in json.loads(done.stdout)["components"]
              if c.get("purl", "").startswith("pkg:deb/")}
    shown = subprocess.run(["dpkg-query", f"--admindir={image[1]}/var/lib/dpkg", "--show",
                            "--showformat=${Package}\\t${Version}\\n"], capture_output=True, text=True, check=True)
    assert listed == {tuple(line.split("\t")) for line in shown.stdout.splitlines()}


def test_the_tree_and_the_image_have_the_same_findings(image, scan, truth, tmp_path):
    shutil.copytree(image[1] / "var", tmp_path / "var")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('ID=debian\nVERSION_ID="11"\n')
    assert set(rows_of(scan(tmp_path, "--format=json"))) == truth
