"""The whole way of a scan in the server: a real, outdated image pushed by a real client to a scan-on-push repository,
its findings through the AWS CLI and boto3, held against dpkg's own tools over the same records."""
import gzip
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from harness import debian_truth, ecr
from harness.clients import AWS_V2, Workplace
from harness.eventually import eventually
from harness.images import outdated_image, tar_gz
from harness.oci import INDEX, MANIFEST, Oci, digest_of, encode, image_manifest, index_manifest
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
    layout, root = outdated_image(tmp_path_factory.mktemp("outdated"))
    return layout, debian_truth.findings(root, "11", [RECORDS])


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


def debian_layer(release, salt=b""):
    """With one package, an old openssl."""
    status = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.1.1d-0\n\n"
    return tar_gz({"etc/os-release": b'ID=debian\nVERSION_ID="%s"\n' % release, "var/lib/dpkg/status": status.encode(),
                   "salt": salt})[0]


def import_flaw(server, folder, name, release="11", package="openssl"):
    """A flaw that nobody has mended."""
    record = {"id": name, "modified": "2024-01-01T00:00:00Z", "affected": [
        {"package": {"ecosystem": f"Debian:{release}", "name": package},
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
    file = folder / f"{name}.json"
    file.write_text(json.dumps(record))
    import_records(server, file)


def status_of(client, repository, tag):
    try:
        return client.describe_image_scan_findings(repositoryName=repository, imageId={"imageTag": tag})["imageScanStatus"]
    except client.exceptions.ScanNotFoundException:
        return {"status": "none"}


def test_a_partial_scan_says_what_it_could_not_see(servers, tmp_path):
    server = servers.start(config=CONFIG)
    import_flaw(server, tmp_path, "CVE-2024-0001", release="10")
    client = ecr.client(server)
    client.create_repository(repositoryName="app/partial", imageScanningConfiguration={"scanOnPush": True})
    Oci(server.url, ecr.token(server)).push_image("app/partial", "v1", debian_layer(b"10"))
    assert eventually(lambda: status_of(client, "app/partial", "v1")["status"] == "COMPLETE", 30)
    said = status_of(client, "app/partial", "v1")["description"]
    assert said.startswith("The scan is partial: The support of debian 10 ended on 2024-06-30.")
    assert client.describe_images(repositoryName="app/partial")["imageDetails"][0]["imageScanStatus"]["description"] == said


def test_an_index_has_one_status_wherever_it_is_asked_for(servers, tmp_path):
    server = servers.start(config=CONFIG)
    import_flaw(server, tmp_path, "CVE-2024-0001")
    client = ecr.client(server)
    client.create_repository(repositoryName="app/index")
    oci = Oci(server.url, ecr.token(server))
    children = [oci.push_image("app/index", None, debian_layer(b"11", salt))[1] for salt in (b"1", b"2")]
    assert oci.put_manifest("app/index", "v1", encode(index_manifest(*children)), INDEX).status_code == 201

    def detail():
        return client.describe_images(repositoryName="app/index", imageIds=[{"imageTag": "v1"}])["imageDetails"][0]
    assert "imageScanStatus" not in detail() and status_of(client, "app/index", "v1")["status"] == "none"
    client.start_image_scan(repositoryName="app/index", imageId={"imageTag": "v1"})
    assert eventually(lambda: status_of(client, "app/index", "v1")["status"] == "COMPLETE", 30)
    assert detail()["imageScanStatus"] == status_of(client, "app/index", "v1")
    assert "imageScanFindingsSummary" not in detail()
    page = client.describe_images(repositoryName="app/index")["imageDetails"]
    assert [d["imageScanStatus"]["status"] for d in page] == ["COMPLETE"] * 3


def test_a_broken_configuration_fails_the_scan(servers, tmp_path):
    server = servers.start(config=CONFIG)
    import_flaw(server, tmp_path, "CVE-2024-0001")
    client = ecr.client(server)
    client.create_repository(repositoryName="app/broken", imageScanningConfiguration={"scanOnPush": True})
    oci = Oci(server.url, ecr.token(server))
    config, layer = b"{ this is no JSON", debian_layer(b"11")
    for blob in (config, layer):
        oci.push_blob("app/broken", blob)
    assert oci.put_manifest("app/broken", "v1", encode(image_manifest(config, [layer])), MANIFEST).status_code == 201
    assert eventually(lambda: status_of(client, "app/broken", "v1")["status"] == "FAILED", 30)
    assert "the image's configuration is no JSON object" in status_of(client, "app/broken", "v1")["description"]


def test_scan_on_push_is_one_scan_until_the_rule_is_continuous(servers, tmp_path):
    server = servers.start(config=CONFIG)
    import_flaw(server, tmp_path, "CVE-2024-0001")
    client = ecr.client(server)
    repository = "app/rules"

    def scan_by(frequency):
        client.put_registry_scanning_configuration(scanType="ENHANCED", rules=[
            {"scanFrequency": frequency, "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}])

    def push_image(tag):
        Oci(server.url, ecr.token(server)).push_image(repository, tag, debian_layer(b"11", tag.encode()))

    def state(tag):
        return status_of(client, repository, tag)["status"]

    def seen(tag):
        found = all_findings(client, repository, tag, "enhancedFindings")
        return {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in found}
    scan_by("SCAN_ON_PUSH")
    client.create_repository(repositoryName=repository)
    push_image("once")
    assert eventually(lambda: state("once") == "COMPLETE", 30)
    finding, = all_findings(client, repository, "once", "enhancedFindings")
    image = finding["resources"][0]["details"]["awsEcrContainerImage"]
    assert image["architecture"] == "amd64" and image["platform"] == "linux"
    import_flaw(server, tmp_path, "CVE-2024-0002")
    # Whoever is pushed now is scanned by the new database; by then it would have reached the other one.
    scan_by("CONTINUOUS_SCAN")
    assert eventually(lambda: state("once") == "ACTIVE" and len(seen("once")) == 2, 30)
    scan_by("SCAN_ON_PUSH")
    assert eventually(lambda: state("once") == "COMPLETE", 30)
    at = client.describe_images(repositoryName=repository)["imageDetails"][0]["imageScanFindingsSummary"][
        "imageScanCompletedAt"]
    import_flaw(server, tmp_path, "CVE-2024-0003")

    def scans_use_it():
        tag = f"probe-{len(client.list_images(repositoryName=repository)['imageIds'])}"
        push_image(tag)
        assert eventually(lambda: state(tag) == "COMPLETE", 30)
        return "CVE-2024-0003" in seen(tag)
    assert eventually(scans_use_it, 30)
    assert seen("once") == {"CVE-2024-0001", "CVE-2024-0002"}
    summary = client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "once"}])["imageDetails"][0][
        "imageScanFindingsSummary"]
    assert summary["imageScanCompletedAt"] == at and sum(summary["findingSeverityCounts"].values()) == 2


BILLS = {"cyclonedx": "application/vnd.cyclonedx+json", "spdx": "application/spdx+json"}


@pytest.mark.parametrize("kind", BILLS)
def test_scanned_images_get_their_bill_of_materials(servers, tmp_path, kind):
    """Once, as oras and regctl see it; each child of an index its own; a deleted image none."""
    server = servers.start(config={"jobs": {"poll_interval": "100ms"},
                                   "scanner": {"database_poll": "200ms", "attach_sbom": kind}})
    import_records(server, RECORDS)
    client = ecr.client(server)
    client.create_repository(repositoryName="app/sbom", imageTagMutability="IMMUTABLE",
                             imageScanningConfiguration={"scanOnPush": True})
    oci = Oci(server.url, ecr.token(server))
    status = "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.1.1w-0+deb11u1\n\n"
    layers = [tar_gz({"etc/os-release": b'ID=debian\nVERSION_ID="11"\n', "var/lib/dpkg/status": status.encode(),
                      "salt": salt})[0] for salt in (b"1", b"2", b"3")]
    first, first_bytes = oci.push_image("app/sbom", None, layers[0])
    second, second_bytes = oci.push_image("app/sbom", None, layers[1])
    index = encode(index_manifest(first_bytes, second_bytes))
    assert oci.put_manifest("app/sbom", "v1", index, INDEX).status_code == 201

    def bills(digest):
        return oci.referrers("app/sbom", digest).json()["manifests"]
    for digest in (first, second):
        assert eventually(lambda d=digest: bills(d), 30)
        bill, = bills(digest)
        assert bill["artifactType"] == BILLS[kind]
    assert bills(digest_of(index)) == []
    bill = bills(first)[0]
    assert bills(bill["digest"]) == []
    layer, = oci.get_manifest("app/sbom", bill["digest"]).json()["layers"]
    text = oci.get_blob("app/sbom", layer["digest"]).text
    assert "pkg:deb/debian/openssl@1.1.1w" in text and first in text

    place = Workplace(tmp_path / "home", server)
    password = place.password()
    place.run("oras", "login", "--plain-http", "-u", "AWS", "--password-stdin", server.host, input=password)
    seen = json.loads(place.run("oras", "discover", "--plain-http", "--format", "json", f"{server.host}/app/sbom@{first}"))
    assert [(r["artifactType"], r["digest"]) for r in seen["referrers"]] == [(BILLS[kind], bill["digest"])]
    place.run("regctl", "registry", "set", "--tls", "disabled", server.host)
    place.run("regctl", "registry", "login", "-u", "AWS", "--pass-stdin", server.host, input=password)
    listed = place.run("regctl", "artifact", "list", f"{server.host}/app/sbom@{second}", "--format", "{{jsonPretty .}}")
    assert bills(second)[0]["digest"] in listed and bill["digest"] not in listed

    # Scans again bring no second one; nor has a bill a scan of its own.
    images = len(client.describe_images(repositoryName="app/sbom")["imageDetails"])

    def completed_at():
        answer = client.describe_image_scan_findings(repositoryName="app/sbom", imageId={"imageDigest": first})
        return answer.get("imageScanFindings", {}).get("imageScanCompletedAt")
    assert eventually(completed_at, 30)
    before = completed_at()
    ecr.berth_call(server, "RescanImages", {"repositoryName": "app/sbom"})
    assert eventually(lambda: (completed_at() or before) > before, 30)
    assert bills(first) == [bill]
    assert len(client.describe_images(repositoryName="app/sbom")["imageDetails"]) == images == 5
    with pytest.raises(client.exceptions.ScanNotFoundException):
        client.describe_image_scan_findings(repositoryName="app/sbom", imageId={"imageDigest": bill["digest"]})


def endless_layer():
    """A tar of one file of 64 GiB of zeros, as few bytes of gzip: it takes its reader a while."""
    piece = 1 << 28
    info = tarfile.TarInfo("zeros")
    info.size = 256 * piece
    header = gzip.compress(info.tobuf(tarfile.GNU_FORMAT), mtime=0)
    return header + gzip.compress(bytes(piece), mtime=0) * 256 + gzip.compress(bytes(1024), mtime=0)


def test_stopping_does_not_wait_for_a_long_scan(servers):
    """Nor does that count as a try that failed: this scan has only one."""
    limits = {"layer_unpacked": "100GiB", "layer_ratio": 100000, "attempts": 1}
    server = servers.start(config=CONFIG | {"scanner": {"database_poll": "200ms"} | limits})
    import_records(server, RECORDS)
    client = ecr.client(server)
    client.create_repository(repositoryName="app/endless", imageScanningConfiguration={"scanOnPush": True})

    def status():
        try:
            return client.describe_image_scan_findings(repositoryName="app/endless", imageId={"imageTag": "v1"})[
                "imageScanStatus"]["status"]
        except client.exceptions.ScanNotFoundException:
            return "none"
    # Only when there is a database is a layer read.
    oci = Oci(server.url, ecr.token(server))
    small, _ = oci.push_image("app/endless", "small", tar_gz({"a": b"b"})[0])
    assert eventually(lambda: "imageScanStatus" in client.describe_images(
        repositoryName="app/endless", imageIds=[{"imageTag": "small"}])["imageDetails"][0], 30)
    oci.push_image("app/endless", "v1", endless_layer())
    assert eventually(lambda: status() == "IN_PROGRESS" and workers_of(server), 30)
    assert server.terminate(seconds=5) == 0
    failures = server.log().count("a scan failed")
    server.start()
    assert eventually(lambda: status() == "IN_PROGRESS" and workers_of(server), 30)
    assert server.terminate(seconds=5) == 0
    # It waited over the start, and began with the database open.
    assert server.log().count("a scan failed") == failures


def workers_of(server):
    children = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=False)
    return children.stdout.split()
