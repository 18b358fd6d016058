"""Image scanning as boto3 and the AWS CLI see it. This server has no engine: what is told here is the API's side."""
import json
from pathlib import Path

import pytest

from harness import ecr
from harness.clients import Workplace
from harness.ecr import refused
from harness.eventually import eventually
from harness.oci import Oci
from harness.server import BINARY

ACCOUNT = "000000000000"
QUICK = {"jobs": {"poll_interval": "100ms"}, "scanner": {"engine": "off"}}
OFF = "This server scans nothing: the setting scanner.engine is off"


@pytest.fixture(scope="module")
def server(module_servers):
    return module_servers.start(config=QUICK)


@pytest.fixture
def basic(ecr_client):
    """The registry's default configuration, before and after."""
    yield ecr_client
    ecr_client.put_registry_scanning_configuration(scanType="BASIC", rules=[])


def no_scan(name, digest):
    return (f"Image scan does not exist for the image with '{{imageDigest:'{digest}', imageTag:'null'}}' in the "
            f"repository with name '{name}' in the registry with id '{ACCOUNT}'")


def failed(client, repository, digest):
    try:
        answer = client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})
    except client.exceptions.ScanNotFoundException:
        return None
    return answer if answer["imageScanStatus"]["status"] == "FAILED" else None


def test_scan_on_push(ecr_client, oci, repository):
    put = ecr_client.put_image_scanning_configuration(
        repositoryName=repository, imageScanningConfiguration={"scanOnPush": True})
    assert put["imageScanningConfiguration"] == {"scanOnPush": True} and put["registryId"] == ACCOUNT
    shown = ecr_client.describe_repositories(repositoryNames=[repository])["repositories"][0]
    assert shown["imageScanningConfiguration"] == {"scanOnPush": True}
    digest, _ = oci.push_image(repository, "v1")
    answer = eventually(lambda: failed(ecr_client, repository, digest))
    assert answer["imageScanStatus"]["description"] == OFF
    assert "imageScanFindings" not in answer
    detail = ecr_client.describe_images(repositoryName=repository)["imageDetails"][0]
    assert detail["imageScanStatus"] == {"status": "FAILED", "description": OFF}
    assert "imageScanFindingsSummary" not in detail
    by_tag = ecr_client.describe_image_scan_findings(repositoryName=repository, imageId={"imageTag": "v1"})
    assert by_tag["imageId"] == {"imageDigest": digest, "imageTag": "v1"}


def test_scan_by_hand(ecr_client, oci, repository):
    digest, _ = oci.push_image(repository, "v1")
    with refused("ScanNotFoundException", no_scan(repository, digest)):
        ecr_client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})
    started = ecr_client.start_image_scan(repositoryName=repository, imageId={"imageTag": "v1"})
    assert started["imageId"] == {"imageDigest": digest, "imageTag": "v1"}
    assert started["imageScanStatus"]["status"] == "IN_PROGRESS"
    eventually(lambda: failed(ecr_client, repository, digest))
    with refused("ImageNotFoundException"):
        ecr_client.start_image_scan(repositoryName=repository, imageId={"imageTag": "none"})
    with refused("RepositoryNotFoundException"):
        ecr_client.start_image_scan(repositoryName="not-there", imageId={"imageTag": "v1"})


def test_only_active_container_images(ecr_client, oci, repository):
    digest, _ = oci.push_image(repository, "v1")
    ecr_client.update_image_storage_class(
        repositoryName=repository, imageId={"imageDigest": digest}, targetStorageClass="ARCHIVE")
    with refused("ImageArchivedException"):
        ecr_client.start_image_scan(repositoryName=repository, imageId={"imageDigest": digest})


def test_registry_configuration(basic, oci, repository):
    got = basic.get_registry_scanning_configuration()
    assert got["registryId"] == ACCOUNT
    assert got["scanningConfiguration"] == {"scanType": "BASIC", "rules": []}
    rules = [{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": repository, "filterType": "WILDCARD"}]}]
    put = basic.put_registry_scanning_configuration(scanType="BASIC", rules=rules)
    assert put["registryScanningConfiguration"] == {"scanType": "BASIC", "rules": rules}
    assert basic.get_registry_scanning_configuration()["scanningConfiguration"]["rules"] == rules

    answer = basic.batch_get_repository_scanning_configuration(repositoryNames=[repository, "not-there"])
    assert answer["scanningConfigurations"] == [{
        "repositoryArn": f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{repository}", "repositoryName": repository,
        "scanOnPush": False, "scanFrequency": "SCAN_ON_PUSH",
        "appliedScanFilters": [{"filter": repository, "filterType": "WILDCARD"}]}]
    assert answer["failures"] == [{"repositoryName": "not-there", "failureCode": "REPOSITORY_NOT_FOUND",
                                   "failureReason": "REPOSITORY_NOT_FOUND"}]
    digest, _ = oci.push_image(repository, "v1")
    eventually(lambda: failed(basic, repository, digest))


def test_what_a_configuration_cannot_be(basic):
    everything = [{"filter": "*", "filterType": "WILDCARD"}]
    with refused("InvalidParameterException"):
        basic.put_registry_scanning_configuration(
            scanType="BASIC", rules=[{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": everything}])
    with refused("InvalidParameterException"):
        basic.put_registry_scanning_configuration(
            scanType="ENHANCED", rules=[{"scanFrequency": "MANUAL", "repositoryFilters": everything}])
    assert basic.get_registry_scanning_configuration()["scanningConfiguration"] == {"scanType": "BASIC", "rules": []}


def test_enhanced_catches_up_and_is_not_by_hand(basic, oci, repository):
    digest, _ = oci.push_image(repository, "v1")
    basic.put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    with refused("ValidationException"):
        basic.start_image_scan(repositoryName=repository, imageId={"imageDigest": digest})

    def caught_up():
        try:
            return failed(basic, repository, digest)
        except basic.exceptions.ScanNotFoundException:
            return None
    eventually(caught_up)
    # Results of the other type are void.
    basic.put_registry_scanning_configuration(scanType="BASIC", rules=[])
    with refused("ScanNotFoundException"):
        basic.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})


def test_suppression_rules_and_rescans(server, ecr_client, oci, repository):
    rule = {"name": "parser", "vulnerabilityPattern": "CVE-2024-*", "packagePattern": "openssl", "tagPatterns": ["v*"],
            "reason": "never reached", "until": 1893456000}
    kept = ecr.berth_call(server, "PutScanSuppressionRule", {"rule": rule})["rule"]
    assert {k: kept[k] for k in rule} == rule and kept["createdAt"] > 0
    assert ecr.berth_call(server, "ListScanSuppressionRules", {})["rules"] == [kept]
    ecr.berth_call(server, "DeleteScanSuppressionRule", {"ruleName": "parser"})
    assert ecr.berth_call(server, "ListScanSuppressionRules", {})["rules"] == []
    assert ecr.berth_call(server, "PutScanTagPatterns", {"tagPatterns": []})["tagPatterns"] == []
    digest, _ = oci.push_image(repository, "v1")
    assert ecr.berth_call(server, "RescanImages", {"repositoryName": repository})["imageCount"] == 1
    eventually(lambda: failed(ecr_client, repository, digest))
    again = {"repositoryName": repository, "imageIds": [{"imageTag": "v1"}]}
    assert ecr.berth_call(server, "RescanImages", again)["imageCount"] == 1


def test_a_push_begins_its_scan_at_once(servers):
    """Not when the queue is looked at the next time."""
    server = servers.start(config={"jobs": {"poll_interval": "1h"}, "scanner": {"engine": "off"}})
    client = ecr.client(server)
    client.create_repository(repositoryName="app/quick", imageScanningConfiguration={"scanOnPush": True})
    digest, _ = Oci(server.url, ecr.token(server)).push_image("app/quick", "v1")
    assert eventually(lambda: failed(client, "app/quick", digest), 5)


@pytest.fixture
def berth(server, tmp_path):
    """Runs `berth ARGUMENTS` against the module's server; its output."""
    place = Workplace(tmp_path / "home", server)
    endpoint = "--endpoint", server.url, "--credentials", server.data / "credentials"

    def run(*command, code=0):
        ran = place.attempt(Path(BINARY).resolve(), *command, *endpoint)
        assert ran.code == code, (ran.code, ran.out, ran.err)
        return ran.out if code == 0 else ran.err
    return run


def test_rules_by_the_command_line(server, berth):
    put = json.loads(berth("scan-rules", "put", "zlib", "--vulnerability", "CVE-2023-45853", "--package", "zlib*",
                           "--repository", "app/*", "--tag", "v*", "--tag", "latest", "--until", "2099-12-31",
                           "--reason", "MiniZip is not built"))
    assert put == {"name": "zlib", "vulnerabilityPattern": "CVE-2023-45853", "packagePattern": "zlib*",
                   "repositoryPattern": "app/*", "tagPatterns": ["v*", "latest"], "reason": "MiniZip is not built",
                   "until": 4102444800, "createdAt": put["createdAt"]}
    berth("scan-rules", "put", "other", "--package", "bash", "--reason", "never run")
    listed = [json.loads(line) for line in berth("scan-rules", "list").splitlines()]
    assert [rule["name"] for rule in listed] == ["other", "zlib"] and listed[1] == put
    assert ecr.berth_call(server, "ListScanSuppressionRules", {})["rules"] == listed
    # The same name again takes the place of the one before.
    berth("scan-rules", "put", "other", "--package", "dash", "--reason", "never run")
    assert json.loads(berth("scan-rules", "list").splitlines()[0])["packagePattern"] == "dash"
    assert berth("scan-rules", "delete", "zlib") == "deleted zlib\n"
    berth("scan-rules", "delete", "other")
    assert berth("scan-rules", "list") == ""
    assert "zlib" in berth("scan-rules", "delete", "zlib", code=1)
    assert "--vulnerability" in berth("scan-rules", "put", "none", "--reason", "none", code=2)
    assert "--until" in berth("scan-rules", "put", "none", "--package", "a", "--reason", "b", "--until", "soon", code=2)
    past = berth("scan-rules", "put", "none", "--package", "a", "--reason", "b", "--until", "2020-12-31", code=1)
    assert "Must lie in the future" in past and berth("scan-rules", "list") == ""


def test_rescans_by_the_command_line(berth, ecr_client, oci, repository):
    first, _ = oci.push_image(repository, "v1", salt=b"1")
    second, _ = oci.push_image(repository, "v2", salt=b"2")
    assert berth("images", "rescan", "--repository", repository, "v1") == "1 images wait for their scan\n"
    assert eventually(lambda: failed(ecr_client, repository, first))
    with refused("ScanNotFoundException"):
        ecr_client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": second})
    assert json.loads(berth("images", "rescan", "--repository", repository, "--format", "json")) == {"imageCount": 2}
    assert eventually(lambda: failed(ecr_client, repository, second))
    assert "none" in berth("images", "rescan", "--repository", repository, "none", code=1)
    assert "not-there" in berth("images", "rescan", "--repository", "not-there", code=1)


def test_only_tags_that_fit_are_scanned(server, ecr_client, oci, repository):
    ecr_client.put_image_scanning_configuration(
        repositoryName=repository, imageScanningConfiguration={"scanOnPush": True})
    put = ecr.berth_call(server, "PutScanTagPatterns", {"tagPatterns": ["release-*", "latest"]})
    assert put["tagPatterns"] == ["release-*", "latest"]
    try:
        # The registry's configuration is another thing, and leaves it.
        ecr_client.put_registry_scanning_configuration(scanType="BASIC", rules=[])
        other, manifest = oci.push_image(repository, "dev", salt=b"1")
        fits, _ = oci.push_image(repository, "release-1", salt=b"2")
        assert eventually(lambda: failed(ecr_client, repository, fits))
        with refused("ScanNotFoundException"):
            ecr_client.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": other})
        # A tag that fits makes up for it.
        oci.put_manifest(repository, "latest", manifest)
        assert eventually(lambda: failed(ecr_client, repository, other))
    finally:
        assert ecr.berth_call(server, "PutScanTagPatterns", {"tagPatterns": []})["tagPatterns"] == []
