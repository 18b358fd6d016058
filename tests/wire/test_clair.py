"""Clair as engine: a scripted Clair that checks tokens, fetches layers by the links it is given, and answers with what a
real one said. (A real one: test_real_clair.py.)"""
import json
import os
import re
import subprocess
import threading

import pytest
import requests

from harness import ecr
from harness.clair import ISSUER, KEY, FakeClair
from harness.eventually import eventually
from harness.oci import Oci, digest_of
from harness.server import BINARY, CLEAN_ENVIRONMENT

FLAWS = {(v["name"], v["package"]["name"]) for v in json.loads(FakeClair().report)["vulnerabilities"].values()}
EVERYTHING = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]


@pytest.fixture(scope="module")
def shared_clair():
    fake = FakeClair().start()
    yield fake
    fake.stop()


@pytest.fixture
def clair(shared_clair):
    """As after its installation; and it never saw a token that it would refuse."""
    yield shared_clair
    shared_clair.answers.clear()
    if not shared_clair.server:
        shared_clair.start()
    assert not shared_clair.refused


def config_for(clair, port, **more):
    return {"jobs": {"poll_interval": "100ms"},
            "scanner": {"engine": "clair", "clair_url": clair.url, "clair_key": KEY, "clair_issuer": ISSUER,
                        "clair_interval": "200ms", "clair_poll": "100ms", "attempts": 2, "first_retry": "200ms",
                        "clair_layers_url": f"http://127.0.0.1:{port}", **more}}


@pytest.fixture(scope="module")
def server(module_servers, shared_clair):
    own = module_servers.prepare()
    own.configure(config_for(shared_clair, own.port))
    own.secrets.add(KEY)
    return own.start()


@pytest.fixture
def scanned(ecr_client, name):
    """A repository whose images are scanned when they are pushed."""
    ecr_client.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": True})
    return name


@pytest.fixture
def continuous(ecr_client, repository):
    """A repository of an enhanced, continuous registry."""
    ecr_client.put_registry_scanning_configuration(scanType="ENHANCED", rules=EVERYTHING)
    yield repository
    ecr_client.put_registry_scanning_configuration(scanType="BASIC", rules=[])


def answer_about(client, repository, digest, **options):
    try:
        return client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest}, **options)
    except client.exceptions.ScanNotFoundException:
        return {"imageScanStatus": {"status": "none"}}


def wait_for(client, repository, digest, status, seconds=15):
    assert eventually(lambda: answer_about(client, repository, digest)["imageScanStatus"]["status"] == status, seconds), \
        answer_about(client, repository, digest)["imageScanStatus"]
    return answer_about(client, repository, digest, maxResults=1000)


def ids(client, repository, digest):
    """Of the enhanced form."""
    findings = answer_about(client, repository, digest).get("imageScanFindings", {}).get("enhancedFindings", [])
    return {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in findings}


def test_basic_findings(clair, ecr_client, oci, scanned):
    layers = os.urandom(200_000), b"a small layer", os.urandom(70_000)
    digest, _ = oci.push_image(scanned, "v1", *layers, layers[1])
    answer = wait_for(ecr_client, scanned, digest, "COMPLETE")
    assert clair.indexed[digest] == [digest_of(layer) for layer in layers]  # one that stands twice is sent once
    found = answer["imageScanFindings"]
    rows = []
    for finding in found["findings"]:
        attributes = {a["key"]: a["value"] for a in finding["attributes"]}
        rows.append((finding["name"], attributes["package_name"]))
        assert finding["uri"] == "https://security-tracker.debian.org/tracker/" + finding["name"]
    assert len(rows) == len(FLAWS) and set(rows) == FLAWS
    assert sum(found["findingSeverityCounts"].values()) == len(FLAWS)
    assert found["vulnerabilitySourceUpdatedAt"].isoformat().startswith("2026-11-24T17:29:32")
    detail = ecr_client.describe_images(repositoryName=scanned)["imageDetails"][0]
    assert detail["imageScanFindingsSummary"]["findingSeverityCounts"] == found["findingSeverityCounts"]
    assert "lastRecordedPullTime" not in detail  # reading the layers was no pull


def test_enhanced_findings(clair, ecr_client, oci, continuous):
    digest, _ = oci.push_image(continuous, "v1", os.urandom(1000))
    assert eventually(lambda: ids(ecr_client, continuous, digest), 15)
    found = answer_about(ecr_client, continuous, digest)["imageScanFindings"]["enhancedFindings"]
    assert {f["packageVulnerabilityDetails"]["vulnerabilityId"] for f in found} == {name for name, _ in FLAWS}
    expat = next(f for f in found if f["packageVulnerabilityDetails"]["vulnerabilityId"] == "CVE-2024-45491")
    package, = expat["packageVulnerabilityDetails"]["vulnerablePackages"]
    assert package["name"] == "libexpat1" and package["packageManager"] == "OS"
    assert "-".join(filter(None, (package["version"], package.get("release")))) == "2.2.10-2+deb11u5"
    assert package["fixedInVersion"] == "2.2.10-2+deb11u6"
    assert expat["fixAvailable"] == "YES"


def test_what_clair_learns_reaches_images_that_follow(clair, ecr_client, oci, continuous, monkeypatch):
    digest, _ = oci.push_image(continuous, "v1", os.urandom(10))
    assert eventually(lambda: ids(ecr_client, continuous, digest), 15)
    before = ids(ecr_client, continuous, digest)
    monkeypatch.setattr(clair, "report", clair.report.replace("CVE-2024-45491", "CVE-2099-0001"))
    monkeypatch.setattr(clair, "updates", {"debian/updater": [{"ref": "d34d2e51-b0fb-493e-8fd2-f179cdfa5a43"}]})
    wanted = before - {"CVE-2024-45491"} | {"CVE-2099-0001"}
    assert eventually(lambda: ids(ecr_client, continuous, digest) == wanted, 15)
    # Nothing more is asked about it while nothing changes.
    about = [a for a in clair.asked if digest in a]
    looks = len(clair.asked)
    assert eventually(lambda: len(clair.asked) > looks + 6)
    assert [a for a in clair.asked if digest in a] == about


def test_a_link_opens_one_layer_and_nothing_else(clair, server, ecr_client, oci, scanned):
    first, second = os.urandom(100_000), os.urandom(100)
    digest, _ = oci.push_image(scanned, "v1", first, second)
    wait_for(ecr_client, scanned, digest, "COMPLETE")
    link = next(url for url in clair.links if digest_of(first) in url)
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(link).content == first
        assert session.get(link.replace(digest_of(first), digest_of(second))).status_code == 401
        assert session.get(link.partition("?")[0]).status_code == 401
        assert session.delete(link).status_code == 401
        assert session.get(link.replace(f"/blobs/{digest_of(first)}", f"/manifests/{digest}")).status_code == 401


def test_a_clair_that_is_down_is_tried_again_then_the_scan_fails(clair, ecr_client, oci, scanned):
    """And goes on by itself when Clair is back."""
    clair.stop()
    digest, _ = oci.push_image(scanned, "v1", os.urandom(10))
    answer = wait_for(ecr_client, scanned, digest, "FAILED")
    assert answer["imageScanStatus"]["description"].startswith("no answer from Clair: ")
    assert "imageScanFindings" not in answer
    clair.start()
    wait_for(ecr_client, scanned, digest, "COMPLETE")


def test_an_image_that_is_gone_for_good_is_forgotten(clair, server, ecr_client, oci, scanned):
    """When the last repository lets go of it, also where Clair is away just then."""
    layer = os.urandom(10)
    digest, _ = oci.push_image(scanned, "v1", layer)
    wait_for(ecr_client, scanned, digest, "COMPLETE")
    ecr_client.create_repository(repositoryName=f"{scanned}/copy")
    assert oci.push_image(f"{scanned}/copy", "v1", layer)[0] == digest
    assert digest in clair.indexed
    deletion = f"DELETE /indexer/api/v1/index_report/{digest}"

    def purge(name):
        ecr_client.batch_delete_image(repositoryName=name, imageIds=[{"imageDigest": digest}])
        ecr.berth_call(server, "PurgeDeletedImages", {"repositoryName": name, "imageIds": [{"imageDigest": digest}]})
    purge(scanned)
    other, _ = oci.push_image(scanned, "v2", os.urandom(10))
    wait_for(ecr_client, scanned, other, "COMPLETE")
    purge_of_another = f"DELETE /indexer/api/v1/index_report/{other}"
    ecr_client.batch_delete_image(repositoryName=scanned, imageIds=[{"imageDigest": other}])
    ecr.berth_call(server, "PurgeDeletedImages", {"repositoryName": scanned, "imageIds": [{"imageDigest": other}]})
    assert eventually(lambda: purge_of_another in clair.asked, 15)
    assert deletion not in clair.asked, "the copy is still there"

    clair.stop()
    purge(f"{scanned}/copy")
    clair.start()
    assert eventually(lambda: deletion in clair.asked, 15)
    assert eventually(lambda: digest not in clair.indexed)


def test_a_second_try_may_succeed(clair, server, ecr_client, oci, scanned):
    calls = []

    def once(body):
        calls.append(body)
        if len(calls) == 1:
            return 500, json.dumps({"code": "internal-error", "message": "the database is away"})
        return clair.index(json.loads(body))
    clair.answers["/indexer/api/v1/index_report"] = once
    digest, _ = oci.push_image(scanned, "v1", os.urandom(10))
    wait_for(ecr_client, scanned, digest, "COMPLETE")
    assert len(calls) == 2
    assert re.search("a scan failed.*Clair answers with 500: the database is away.*attempt=1", server.log())


@pytest.mark.parametrize("path, said, reason", [
    ("/matcher/api/v1/vulnerability_report/", (200, "<html>maintenance</html>"), "Clair's answer is no vulnerability report"),
    ("/indexer/api/v1/index_report", (201, "[]"), "Clair's answer is no index report"),
    ("/indexer/api/v1/index_state", (200, "{}"), "Clair's answer is no index state"),
    ("/indexer/api/v1/index_report", (400, '{"message": "bogus manifest"}'), "Clair answers with 400: bogus manifest"),
    ("/indexer/api/v1/index_report", (201, '{"state": "IndexError", "err": "broken layer"}'),
     "Clair cannot index the image: broken layer"),
    ("/indexer/api/v1/index_report", (412, ""), "Clair's indexer has just changed"),
])
def test_rubbish_and_refusals_are_said(clair, ecr_client, oci, scanned, path, said, reason):
    clair.answers[path] = said
    digest, _ = oci.push_image(scanned, "v1", os.urandom(10))
    answer = wait_for(ecr_client, scanned, digest, "FAILED")
    assert answer["imageScanStatus"]["description"] == reason
    assert "imageScanFindings" not in answer


def test_a_system_clair_does_not_know_is_no_clean_bill(clair, ecr_client, oci, scanned):
    clair.answers["/matcher/api/v1/vulnerability_report/"] = 200, '{"packages": {}, "package_vulnerabilities": {}}'
    digest, _ = oci.push_image(scanned, "v1", os.urandom(10))
    answer = wait_for(ecr_client, scanned, digest, "FAILED")
    assert answer["imageScanStatus"]["description"].startswith("UnsupportedImageError")


def test_another_key_is_refused(servers, shared_clair):
    own = servers.prepare()
    own.configure(config_for(shared_clair, own.port, clair_key="b3RoZXI=", attempts=1))
    own.start()
    client = ecr.client(own)
    client.create_repository(repositoryName="app/r", imageScanningConfiguration={"scanOnPush": True})
    digest, _ = Oci(own.url, ecr.token(own)).push_image("app/r", "v1")
    answer = wait_for(client, "app/r", digest, "FAILED")
    assert answer["imageScanStatus"]["description"] == "Clair does not take this server's key"
    assert shared_clair.refused and set(shared_clair.refused) == {"another key"}
    own.stop()
    shared_clair.refused.clear()


def test_stopping_breaks_a_scan_off_and_the_next_start_takes_it_up(servers, clair):
    own = servers.prepare()
    own.configure(config_for(clair, own.port, attempts=1))
    own.start()
    client = ecr.client(own)
    client.create_repository(repositoryName="app/r", imageScanningConfiguration={"scanOnPush": True})
    asked, go_on = threading.Event(), threading.Event()

    def slowly(body):
        asked.set()
        go_on.wait(60)
        return clair.index(json.loads(body))
    clair.answers["/indexer/api/v1/index_report"] = slowly
    try:
        digest, _ = Oci(own.url, ecr.token(own)).push_image("app/r", "v1")
        assert asked.wait(10)
        assert answer_about(client, "app/r", digest)["imageScanStatus"]["status"] == "IN_PROGRESS"
        assert own.terminate(seconds=5) == 0
    finally:
        go_on.set()
        clair.answers.clear()
    own.start()
    wait_for(client, "app/r", digest, "COMPLETE")


@pytest.mark.parametrize("settings, words", [
    ({}, "set scanner.clair_url"),
    ({"clair_url": "clair:6060"}, "scanner.clair_url = clair:6060: write http://HOST:PORT"),
    ({"clair_url": "http://clair"}, "set scanner.clair_layers_url"),
    ({"clair_url": "http://clair", "clair_layers_url": "http://berth", "clair_key": "it is plain"},
     "scanner.clair_key is no base64"),
    ({"clair_url": "http://clair", "clair_layers_url": "http://berth", "attach_sbom": "spdx"},
     "scanner.attach_sbom needs scanner.engine = built-in"),
])
def test_settings_that_cannot_work_are_said_at_the_start(tmp_path, settings, words):
    options = [option for key, value in settings.items() for option in ("--set", f"scanner.{key}={value}")]
    done = subprocess.run([BINARY, "serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                           "--set", "scanner.engine=clair", *options], capture_output=True, text=True, timeout=60,
                          env=CLEAN_ENVIRONMENT)
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert "it is plain" not in done.stderr
