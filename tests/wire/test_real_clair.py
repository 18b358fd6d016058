"""Scans by a real Clair over PostgreSQL, fed with the same records as the built-in engine's tests. Only where
BERTH_CLAIR names its program; docs/testing.md says how to build one."""
import pytest

from harness import debian_truth, ecr
from harness.clair import ISSUER, KEY, RealClair, tracker_of
from harness.clients import Workplace
from harness.eventually import eventually
from harness.images import outdated_image
from test_scan_server import RECORDS, all_findings, push

pytestmark = pytest.mark.skipif(not RealClair.PROGRAM, reason="BERTH_CLAIR names no program of Clair")


@pytest.fixture(scope="module")
def clair(tmp_path_factory):
    started = RealClair(tmp_path_factory.mktemp("clair"))
    try:
        started.publish(tracker_of("11", "bullseye", [RECORDS]))
        yield started.start()
    finally:
        started.stop()


@pytest.fixture(scope="module")
def server(module_servers, clair):
    own = module_servers.prepare()
    own.configure({"jobs": {"poll_interval": "100ms"}, "log": {"access": "all"}, "scanner": {
        "engine": "clair", "clair_url": clair.url, "clair_key": KEY, "clair_issuer": ISSUER, "clair_interval": "200ms",
        "clair_poll": "100ms", "clair_layers_url": f"http://127.0.0.1:{own.port}"}})
    own.secrets.add(KEY)
    return own.start()


@pytest.fixture(scope="module")
def outdated(tmp_path_factory):
    return outdated_image(tmp_path_factory.mktemp("outdated"))


def layers_fetched(server):
    return [line for line in server.log().splitlines() if "GET" in line and "/blobs/sha256:" in line]


def test_clair_finds_what_the_records_say(ecr_client, server, outdated, tmp_path):
    layout, root = outdated
    truth = {row for row in debian_truth.findings(root, "11", [RECORDS]) if row[0].startswith("CVE-")}
    ecr_client.create_repository(repositoryName="clair/basic", imageScanningConfiguration={"scanOnPush": True})
    push(Workplace(tmp_path / "place", server), layout, "clair/basic", "old")

    def status():
        return ecr_client.describe_image_scan_findings(repositoryName="clair/basic", imageId={"imageTag": "old"})[
            "imageScanStatus"]
    assert eventually(lambda: status()["status"] in ("COMPLETE", "FAILED"), 60)
    assert status()["status"] == "COMPLETE", status()
    rows = set()
    for finding in all_findings(ecr_client, "clair/basic", "old"):
        attributes = {a["key"]: a["value"] for a in finding["attributes"]}
        rows.add((finding["name"], attributes["package_name"], attributes["package_version"]))
    assert rows == truth


def test_what_clair_learns_reaches_continuous_scans(ecr_client, server, clair, outdated, tmp_path):
    layout, _ = outdated
    ecr_client.create_repository(repositoryName="clair/enhanced")
    push(Workplace(tmp_path / "place", server), layout, "clair/enhanced", "old")
    ecr_client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[
        {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}])

    def names():
        try:
            found = all_findings(ecr_client, "clair/enhanced", "old", "enhancedFindings")
        except (ecr_client.exceptions.ScanNotFoundException, KeyError):
            return set()
        return {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in found}
    assert eventually(lambda: len(names()) > 50, 60)
    tracker = tracker_of("11", "bullseye", [RECORDS])
    tracker["openssl"]["CVE-2099-0001"] = {"description": "new", "releases": {
        "bullseye": {"status": "open", "urgency": "high"}}}
    fetched = layers_fetched(server)
    assert fetched
    clair.publish(tracker)
    clair.restart()
    assert eventually(lambda: "CVE-2099-0001" in names(), 60)
    assert layers_fetched(server) == fetched  # Clair knows already what is in the image


def test_another_key_is_refused_and_said(servers, clair, outdated, tmp_path):
    own = servers.prepare()
    own.configure({"jobs": {"poll_interval": "100ms"}, "scanner": {
        "engine": "clair", "clair_url": clair.url, "clair_key": "b3RoZXI=", "attempts": 1,
        "clair_layers_url": f"http://127.0.0.1:{own.port}"}})
    own.start()
    client = ecr.client(own)
    client.create_repository(repositoryName="clair/key", imageScanningConfiguration={"scanOnPush": True})
    push(Workplace(tmp_path / "place", own), outdated[0], "clair/key", "old")

    def status():
        return client.describe_image_scan_findings(repositoryName="clair/key", imageId={"imageTag": "old"})[
            "imageScanStatus"]
    assert eventually(lambda: status()["status"] == "FAILED", 30)
    assert status()["description"] == "Clair does not take this server's key"
