"""The AWS CLI, Debian's v2 and the newest v1, through a whole life of a repository."""
import base64
import json

import pytest

from harness.clients import AWS_V1, AWS_V2
from harness.oci import CONFIG, LAYER, MANIFEST, descriptor, digest_of, encode


@pytest.fixture(params=[AWS_V2, AWS_V1], ids=["v2", "v1"])
def aws(request, place):
    """aws("describe-registry", …): the parsed answer."""
    def call(*arguments, service="ecr"):
        out = place.aws(request.param, service, *arguments, "--output", "json")
        return json.loads(out) if out.strip() else None
    call.program = request.param
    return call


def test_identity(aws):
    assert aws("get-caller-identity", service="sts")["Account"] == "000000000000"
    assert aws("describe-registry")["registryId"] == "000000000000"


def test_repository_life(aws, name):
    made = aws("create-repository", "--repository-name", name, "--image-tag-mutability", "IMMUTABLE",
               "--image-scanning-configuration", "scanOnPush=true", "--tags", "Key=team,Value=boats")["repository"]
    assert made["imageTagMutability"] == "IMMUTABLE"
    assert aws("describe-repositories", "--repository-names", name)["repositories"] == [made]
    aws("put-image-tag-mutability", "--repository-name", name, "--image-tag-mutability", "MUTABLE")
    aws("tag-resource", "--resource-arn", made["repositoryArn"], "--tags", "Key=env,Value=test")
    aws("untag-resource", "--resource-arn", made["repositoryArn"], "--tag-keys", "team")
    assert aws("list-tags-for-resource", "--resource-arn", made["repositoryArn"])["tags"] == [
        {"Key": "env", "Value": "test"}]
    assert aws("delete-repository", "--repository-name", name)["repository"]["repositoryName"] == name


def test_image_by_layer_calls(aws, place, repository):
    blobs = {"config": encode({"architecture": "amd64", "os": "linux"}), "layer": b"layer bytes " * 1000}
    for data in blobs.values():
        (place.home / "part").write_bytes(data)
        upload = aws("initiate-layer-upload", "--repository-name", repository)["uploadId"]
        blob = "fileb://part" if aws.program == AWS_V1 else base64.b64encode(data).decode()
        aws("upload-layer-part", "--repository-name", repository, "--upload-id", upload, "--part-first-byte", "0",
            "--part-last-byte", str(len(data) - 1), "--layer-part-blob", blob)
        aws("complete-layer-upload", "--repository-name", repository, "--upload-id", upload, "--layer-digests",
            digest_of(data))
    manifest = encode({"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(blobs["config"], CONFIG),
                       "layers": [descriptor(blobs["layer"], LAYER)]})
    (place.home / "manifest.json").write_bytes(manifest)
    put = aws("put-image", "--repository-name", repository, "--image-tag", "v1", "--image-manifest",
              "file://manifest.json")["image"]
    assert put["imageId"] == {"imageDigest": digest_of(manifest), "imageTag": "v1"}
    assert aws("list-images", "--repository-name", repository)["imageIds"] == [put["imageId"]]
    assert aws("describe-images", "--repository-name", repository)["imageDetails"][0]["imageTags"] == ["v1"]
    got = aws("batch-get-image", "--repository-name", repository, "--image-ids", "imageTag=v1")["images"][0]
    assert got["imageManifest"].encode() == manifest
    checked = aws("batch-check-layer-availability", "--repository-name", repository, "--layer-digests",
                  digest_of(blobs["layer"]))
    assert checked["layers"][0]["layerAvailability"] == "AVAILABLE"
    url = aws("get-download-url-for-layer", "--repository-name", repository, "--layer-digest",
              digest_of(blobs["layer"]))
    assert url["downloadUrl"].startswith("http")
    gone = aws("batch-delete-image", "--repository-name", repository, "--image-ids", "imageTag=v1")
    assert gone["imageIds"] == [put["imageId"]] and gone["failures"] == []


def test_describe_repositories_pages(aws, ecr_client, name):
    for number in range(5):
        ecr_client.create_repository(repositoryName=f"{name}/{number}")
    found = aws("describe-repositories", "--page-size", "2")["repositories"]
    assert [r["repositoryName"] for r in found if r["repositoryName"].startswith(name + "/")] == [
        f"{name}/{number}" for number in range(5)]


def test_error_is_shown(aws, place):
    ran = place.attempt(aws.program, "--endpoint-url", place.server.url, "ecr", "list-images", "--repository-name", "no/such")
    assert ran.code in (254, 255)
    assert "(RepositoryNotFoundException) when calling the ListImages operation" in ran.err
    assert "The repository with name 'no/such' does not exist in the registry with id '000000000000'" in ran.err
