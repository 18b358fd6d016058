"""The short way through everything; also run against the sanitizer builds."""
import threading

import pytest

from harness import ecr
from harness.oci import Oci, digest_of, index_manifest, error_of

pytestmark = pytest.mark.smoke


def test_operations_answer(server):
    anonymous = Oci(server.url)
    for path in ("/healthz", "/readyz"):
        assert anonymous.request("GET", path).status_code == 200
    metrics = anonymous.request("GET", "/metrics")
    assert metrics.status_code == 200
    assert metrics.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE " in metrics.text


def test_image_goes_in_and_out(oci, repository):
    layer = bytes(range(256)) * 20_000
    digest, manifest = oci.push_image(repository, "v1", layer)
    for reference in ("v1", digest):
        answer = oci.get_manifest(repository, reference)
        assert answer.status_code == 200
        assert answer.content == manifest
        assert answer.headers["Docker-Content-Digest"] == digest
    assert oci.get_blob(repository, digest_of(layer)).content == layer
    part = oci.get_blob(repository, digest_of(layer), headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, layer[100:300])
    assert oci.tags(repository).json() == {"name": repository, "tags": ["v1"]}
    index = index_manifest(manifest)
    assert oci.put_manifest(repository, "multi", index).status_code == 201
    assert oci.delete_manifest(repository, "multi").status_code == 202


def test_chunks_and_status(oci, repository):
    data = b"0123456789" * 200_000
    location = oci.begin_at(repository)
    answer = oci.patch(location, data[:1_000_000], first=0)
    assert answer.status_code == 202 and answer.headers["Range"] == "0-999999"
    location = answer.headers["Location"]
    status = oci.request("GET", location)
    assert status.status_code == 204 and status.headers["Range"] == "0-999999"
    assert oci.patch(location, data[1_000_000:], first=1_000_000).status_code == 202
    assert oci.finish(location, digest_of(data)).status_code == 201
    assert oci.get_blob(repository, digest_of(data)).content == data


def test_api_and_registry_see_the_same(ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    detail = ecr_client.describe_images(repositoryName=repository)["imageDetails"][0]
    assert (detail["imageDigest"], detail["imageTags"]) == (digest, ["v1"])
    image = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["images"][0]
    assert image["imageManifest"].encode() == manifest
    ecr_client.put_image(repositoryName=repository, imageManifest=image["imageManifest"], imageTag="v2")
    assert oci.head_manifest(repository, "v2").headers["Docker-Content-Digest"] == digest
    gone = ecr_client.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    assert {i["imageTag"] for i in gone["imageIds"]} == {"v1", "v2"} and gone["failures"] == []
    assert error_of(oci.get_manifest(repository, "v1"))[:2] == (404, "MANIFEST_UNKNOWN")
    ecr_client.delete_repository(repositoryName=repository, force=True)


def test_many_clients_at_once(server, token, repository):
    """Eight clients push and pull each other's images in one repository."""
    problems = []

    def work(number):
        try:
            client = Oci(server.url, token)
            for round_ in range(5):
                salt = f"{number}-{round_}".encode()
                digest, manifest = client.push_image(repository, f"t{number}", b"shared", salt * 30_000, salt=salt)
                assert client.get_manifest(repository, digest).content == manifest
                assert client.get_blob(repository, digest_of(salt * 30_000)).content == salt * 30_000
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert Oci(server.url, token).tags(repository).json()["tags"] == [f"t{n}" for n in range(8)]


def test_tls(servers, throwaway_tls):
    server = servers.start(tls=throwaway_tls)
    ecr.client(server).create_repository(repositoryName="tls/app")
    client = Oci(server.url, ecr.token(server), verify=str(throwaway_tls.authority))
    layer = b"over tls " * 500_000
    _, manifest = client.push_image("tls/app", "v1", layer)
    assert client.get_manifest("tls/app", "v1").content == manifest
    assert client.get_blob("tls/app", digest_of(layer)).content == layer
