"""The whole way of a scan in the server: a real, outdated image pushed by a real client to a scan-on-push repository,
its findings through the AWS CLI and boto3, held against dpkg's own tools over the same records."""
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness import debian_truth, ecr
from harness.clients import AWS_V2, Workplace
from harness.eventually import eventually
from harness.images import Layout, add_image, outdated_rootfs
from harness.server import BINARY as BERTH

RECORDS = Path(__file__).parents[1] / "data/debian-bullseye/osv.jsonl.xz"
CONFIG = {"jobs": {"poll_interval": "100ms"}, "scanner": {"database_poll": "200ms"}}


def import_records(server, *files):
    subprocess.run([BERTH, "vulndb", "import", "--db", server.data / "vulndb", *files], check=True, capture_output=True,
                   timeout=300)


@pytest.fixture(scope="module")
def server(module_servers):
    started = module_servers.start(config=CONFIG)
    import_records(started, RECORDS)
    return started


@pytest.fixture(scope="module")
def place(server, tmp_path_factory):
    return Workplace(tmp_path_factory.mktemp("place"), server)


@pytest.fixture(scope="module")
def outdated(tmp_path_factory):
    """(OCI layout, the findings that dpkg's tools give)"""
    rootfs = outdated_rootfs()
    layout = Layout(tmp_path_factory.mktemp("outdated"))
    layout.name(add_image(layout, "amd64", [rootfs]), "outdated")
    root = tmp_path_factory.mktemp("root")
    with tarfile.open(fileobj=io.BytesIO(rootfs[0]), mode="r:gz") as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            if path.startswith("var/lib/dpkg/") and member.isfile():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(tar.extractfile(member).read())
    return layout.folder, debian_truth.findings(root, "11", [RECORDS])


def push(place, layout, repository, tag):
    host = place.server.host
    place.run("skopeo", "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host, input=place.password())
    place.run("skopeo", "copy", "--dest-tls-verify=false", f"oci:{layout}:outdated", f"docker://{host}/{repository}:{tag}")


def all_findings(client, repository, tag, kind="findings"):
    pages = client.get_paginator("describe_image_scan_findings").paginate(
        repositoryName=repository, imageId={"imageTag": tag}, PaginationConfig={"PageSize": 50})
    return [finding for page in pages for finding in page["imageScanFindings"].get(kind, [])]


def test_scan_on_push_finds_exactly_what_is_there(ecr_client, place, outdated):
    layout, truth = outdated
    ecr_client.create_repository(repositoryName="scan/basic", imageScanningConfiguration={"scanOnPush": True})
    push(place, layout, "scan/basic", "old")

    def begun():
        try:
            ecr_client.describe_image_scan_findings(repositoryName="scan/basic", imageId={"imageTag": "old"})
        except ecr_client.exceptions.ScanNotFoundException:
            return False
        return True
    assert eventually(begun)
    place.aws(AWS_V2, "ecr", "wait", "image-scan-complete", "--repository-name", "scan/basic", "--image-id", "imageTag=old")

    findings = all_findings(ecr_client, "scan/basic", "old")
    rows = []
    for finding in findings:
        attributes = {a["key"]: a["value"] for a in finding["attributes"]}
        rows.append((finding["name"], attributes["package_name"], attributes["package_version"]))
    assert len(rows) == len(set(rows)) and set(rows) == truth
    order = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"]
    assert [order.index(f["severity"]) for f in findings] == sorted(order.index(f["severity"]) for f in findings)

    shown = json.loads(place.aws(AWS_V2, "ecr", "describe-image-scan-findings", "--repository-name", "scan/basic",
                                 "--image-id", "imageTag=old", "--output", "json"))
    counts = shown["imageScanFindings"]["findingSeverityCounts"]
    assert sum(counts.values()) == len(truth)
    assert shown["imageScanStatus"]["status"] == "COMPLETE"
    detail = ecr_client.describe_images(repositoryName="scan/basic")["imageDetails"][0]
    assert detail["imageScanStatus"]["status"] == "COMPLETE"
    assert detail["imageScanFindingsSummary"]["findingSeverityCounts"] == counts


def test_a_changed_database_changes_continuous_findings(ecr_client, place, outdated, tmp_path):
    """No byte is read again, and a new finding tells of itself."""
    layout, truth = outdated
    ecr_client.create_repository(repositoryName="scan/enhanced")
    push(place, layout, "scan/enhanced", "old")
    ecr_client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[
        {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}])
    try:
        def names():
            try:
                found = all_findings(ecr_client, "scan/enhanced", "old", "enhancedFindings")
            except (ecr_client.exceptions.ScanNotFoundException, KeyError):
                return set()
            return {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in found}
        wanted = {name for name, _, _ in truth}
        assert eventually(lambda: names() >= wanted, 60)
        record = {"id": "CVE-2099-0001", "modified": "2099-01-01T00:00:00Z", "affected": [
            {"package": {"ecosystem": "Debian:11", "name": "openssl"},
             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
        later = tmp_path / "later.json"
        later.write_text(json.dumps(record))

        def page(**more):
            return ecr_client.describe_image_scan_findings(repositoryName="scan/enhanced", imageId={"imageTag": "old"}, **more)
        first = page(maxResults=60)
        import_records(place.server, later)
        assert eventually(lambda: "CVE-2099-0001" in names(), 30)
        layers = {package["sourceLayerHash"] for finding in first["imageScanFindings"]["enhancedFindings"]
                  for package in finding["packageVulnerabilityDetails"]["vulnerablePackages"]}
        manifest = json.loads(ecr_client.batch_get_image(repositoryName="scan/enhanced", imageIds=[{"imageTag": "old"}])[
            "images"][0]["imageManifest"])
        assert layers == {manifest["layers"][0]["digest"]}
        # A list that was begun before goes on: what was there then is told once.
        rest, token = first, first["nextToken"]
        told = [f["findingArn"] for f in first["imageScanFindings"]["enhancedFindings"]]
        while token:
            rest = page(maxResults=60, nextToken=token)
            told += [f["findingArn"] for f in rest["imageScanFindings"]["enhancedFindings"]]
            token = rest.get("nextToken")
        assert len(told) == len(set(told)) and len(wanted) <= len(told) <= len(wanted) + 1
    finally:
        ecr_client.put_registry_scanning_configuration(scanType="BASIC", rules=[])


def test_without_a_database_a_scan_fails_and_says_what_to_do(servers, outdated, tmp_path):
    """And goes on by itself when there is one."""
    server = servers.start(config=CONFIG | {"scanner": {"database_poll": "200ms", "attempts": 1}})
    client = ecr.client(server)
    client.create_repository(repositoryName="scan/none", imageScanningConfiguration={"scanOnPush": True})
    push(Workplace(tmp_path / "place", server), outdated[0], "scan/none", "old")

    def status():
        try:
            return client.describe_image_scan_findings(repositoryName="scan/none", imageId={"imageTag": "old"})[
                "imageScanStatus"]
        except client.exceptions.ScanNotFoundException:
            return {"status": "none"}
    assert eventually(lambda: status()["status"] == "FAILED", 30)
    assert "berth vulndb" in status()["description"]
    import_records(server, RECORDS)
    assert eventually(lambda: status()["status"] == "COMPLETE", 60)
