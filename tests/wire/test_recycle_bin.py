"""Deleted images: gone for everybody, listed by our own service, brought back by it and by `berth images`."""
import json
import os
import re
import subprocess

import pytest

from harness import ecr
from harness.clients import Workplace
from harness.ecr import berth_call, refused
from harness.eventually import eventually
from harness.oci import INDEX, Oci, digest_of, encode, index_manifest
from harness.server import BINARY, CLEAN_ENVIRONMENT, PATIENCE


def binned(server, name):
    return berth_call(server, "ListDeletedImages", {"repositoryName": name})["deletedImages"]


def restore(server, name, *ids, **more):
    return berth_call(server, "RestoreImages", {"repositoryName": name, "imageIds": list(ids), **more})


def delete(ecr_client, name, *ids):
    answer = ecr_client.batch_delete_image(repositoryName=name, imageIds=list(ids))
    assert not answer["failures"], answer["failures"]
    return answer["imageIds"]


def failures_of(answer):
    return [f["failureCode"] for f in answer["failures"]]


def test_a_deleted_image_is_gone_and_comes_back(server, ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    oci.put_manifest(repository, "latest", manifest)
    before = ecr_client.describe_images(repositoryName=repository)["imageDetails"]
    delete(ecr_client, repository, {"imageDigest": digest})

    assert oci.get_manifest(repository, "v1").status_code == 404
    assert oci.get_manifest(repository, digest).status_code == 404
    assert oci.tags(repository).json()["tags"] in (None, [])
    assert ecr_client.list_images(repositoryName=repository)["imageIds"] == []
    with refused("ImageNotFoundException"):
        ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "v1"}])

    entry, = binned(server, repository)
    assert (entry["repositoryName"], entry["imageDigest"]) == (repository, digest)
    assert sorted(entry["imageTags"]) == ["latest", "v1"]
    assert entry["deletedBy"] == {"principalArn": "arn:aws:iam::000000000000:root"}
    assert entry["expiresAt"] - entry["deletedAt"] == pytest.approx(7 * 86400)
    assert entry["imageSizeInBytes"] == before[0]["imageSizeInBytes"]

    answer = restore(server, repository, {"imageTag": "v1"})
    assert answer["failures"] == []
    assert {i["imageTag"] for i in answer["restoredImages"]} == {"v1", "latest"}
    assert oci.get_manifest(repository, "latest").content == manifest
    assert binned(server, repository) == []
    after = ecr_client.describe_images(repositoryName=repository)["imageDetails"]
    assert after[0]["imagePushedAt"] == before[0]["imagePushedAt"]


def test_the_v2_delete_and_the_last_tag_lead_to_the_bin_too(server, ecr_client, oci, repository):
    first, _ = oci.push_image(repository, "a", salt=b"1")
    second, _ = oci.push_image(repository, "b", salt=b"2")
    assert oci.delete_manifest(repository, first).status_code == 202
    delete(ecr_client, repository, {"imageTag": "b"})
    assert [e["imageDigest"] for e in binned(server, repository)] == [second, first]
    assert failures_of(restore(server, repository, {"imageDigest": first}, {"imageTag": "b"})) == []


def test_an_image_without_its_layers_does_not_come_back(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="f/a")
    layer = os.urandom(100_000)
    client = Oci(server.url, ecr.token(server))
    digest, _ = client.push_image("f/a", "v2", layer)
    delete(ecr.client(server), "f/a", {"imageDigest": digest})
    server.stop()
    file, = (p for p in (server.data / "blobs").glob("??/*") if p.is_file())
    file.unlink()
    subprocess.run([BINARY, "fsck", "--data", str(server.data), "--repair"], timeout=60 * PATIENCE, env=CLEAN_ENVIRONMENT)
    server.start()
    refusal, = restore(server, "f/a", {"imageTag": "v2"})["failures"]
    assert refusal["failureCode"] == "LayersNotFound" and digest_of(layer) in refusal["failureReason"], refusal
    client = Oci(server.url, ecr.token(server))
    assert client.get_manifest("f/a", "v2").status_code == 404
    client.push_blob("f/a", layer)
    assert failures_of(restore(server, "f/a", {"imageTag": "v2"})) == []
    assert client.get_blob("f/a", digest_of(layer)).content == layer


def test_layers_survive_what_a_client_deletes_meanwhile(server, ecr_client, oci, repository):
    layer = b"layer of a deleted image"
    digest, _ = oci.push_image(repository, "v1", layer)
    delete(ecr_client, repository, {"imageDigest": digest})
    assert oci.delete_blob(repository, digest_of(layer)).status_code == 202
    assert oci.head_blob(repository, digest_of(layer)).status_code == 404
    assert failures_of(restore(server, repository, {"imageDigest": digest})) == []
    assert oci.get_blob(repository, digest_of(layer)).content == layer


def test_tags_that_moved_meanwhile(server, ecr_client, oci, repository):
    old, _ = oci.push_image(repository, "v1", salt=b"old")
    delete(ecr_client, repository, {"imageTag": "v1"})
    new, _ = oci.push_image(repository, "v1", salt=b"new")
    assert failures_of(restore(server, repository, {"imageDigest": old})) == ["ImageTagAlreadyExists"]
    ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    answer = restore(server, repository, {"imageDigest": old}, onTagConflict="MOVE")
    assert failures_of(answer) == ["ImageTagAlreadyExists"]
    assert "immutable" in answer["failures"][0]["failureReason"]
    ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="MUTABLE")
    assert failures_of(restore(server, repository, {"imageDigest": old}, onTagConflict="MOVE")) == []
    assert oci.head_manifest(repository, "v1").headers["Docker-Content-Digest"] == old
    assert oci.head_manifest(repository, new).status_code == 200


def test_an_index_brings_its_children(server, ecr_client, oci, repository):
    children = [oci.push_image(repository, None, salt=salt) for salt in (b"amd64", b"arm64")]
    index = encode(index_manifest(*(manifest for _, manifest in children)))
    assert oci.put_manifest(repository, "multi", index, INDEX).status_code == 201
    ids = [{"imageTag": "multi"}, *({"imageDigest": digest} for digest, _ in children)]
    delete(ecr_client, repository, *ids)
    assert len(binned(server, repository)) == 3
    assert failures_of(restore(server, repository, {"imageTag": "multi"})) == []
    assert oci.get_manifest(repository, "multi").content == index
    for digest, manifest in children:
        assert oci.get_manifest(repository, digest).content == manifest


def test_the_bin_does_not_keep_a_repository(server, ecr_client, oci, repository):
    digest, _ = oci.push_image(repository, "v1")
    delete(ecr_client, repository, {"imageDigest": digest})
    ecr_client.delete_repository(repositoryName=repository)
    ecr_client.create_repository(repositoryName=repository)
    assert binned(server, repository) == []


def test_pages_of_one_repository_and_of_all(server, ecr_client, oci, repository):
    digests = [oci.push_image(repository, None, salt=bytes([65 + i]))[0] for i in range(5)]
    for digest in digests:
        delete(ecr_client, repository, {"imageDigest": digest})
    for request in ({"repositoryName": repository}, {}):
        seen, token = [], None
        while True:
            answer = berth_call(server, "ListDeletedImages",
                                request | {"maxResults": 2} | ({"nextToken": token} if token else {}))
            assert len(answer["deletedImages"]) <= 2
            seen += [e["imageDigest"] for e in answer["deletedImages"] if e["repositoryName"] == repository]
            token = answer.get("nextToken")
            if not token:
                break
        assert seen == list(reversed(digests))
    with_token = berth_call(server, "ListDeletedImages", {"repositoryName": repository, "maxResults": 2})["nextToken"]
    refusal = ecr.call_raw(server, "Berth.ListDeletedImages", {"nextToken": with_token})
    assert ecr.error_of(refusal)[:2] == (400, "InvalidParameterException"), "a token is good for its own list only"


@pytest.mark.parametrize("operation, body, error", [
    ("RestoreImages", {}, "InvalidParameterException"),
    ("RestoreImages", {"repositoryName": "no/such", "imageIds": [{"imageTag": "v1"}]}, "RepositoryNotFoundException"),
    ("RestoreImages", {"repositoryName": "no/such", "imageIds": []}, "InvalidParameterException"),
    ("RestoreImages", {"repositoryName": "no/such", "imageIds": [{"imageTag": "v1"}], "onTagConflict": "x"},
     "InvalidParameterException"),
    ("PurgeDeletedImages", {"repositoryName": "no/such"}, "InvalidParameterException"),
    ("PurgeDeletedImages", {"repositoryName": "no/such", "all": True, "imageIds": [{"imageTag": "v1"}]},
     "InvalidParameterException"),
    ("PurgeDeletedImages", {"repositoryName": "no/such", "all": True}, "RepositoryNotFoundException"),
    ("ListDeletedImages", {"nextToken": "bm9uc2Vuc2U="}, "InvalidParameterException"),
    ("ListDeletedImages", {"maxResults": 1001}, "InvalidParameterException"),
    ("ListImages", {"repositoryName": "no/such"}, "UnknownOperationException")])
def test_refusals(server, operation, body, error):
    assert ecr.error_of(ecr.call_raw(server, "Berth." + operation, body))[:2] == (400, error)


def test_ids_that_are_none(server, repository):
    answer = restore(server, repository, {}, {"imageDigest": "nonsense"}, {"imageTag": "-"}, {"imageTag": "none"})
    assert failures_of(answer) == ["MissingDigestAndTag", "InvalidImageDigest", "ImageNotFound", "ImageNotFound"]


def test_calls_must_be_signed(server, repository):
    body = json.dumps({"repositoryName": repository}).encode()
    answer = ecr.send(server, body, ecr.headers_for("Berth.ListDeletedImages"))
    assert ecr.error_of(answer)[1] == "MissingAuthenticationTokenException"


def test_ecrs_own_surface_has_none_of_it(server, repository):
    answer = ecr.call_raw(server, "ListDeletedImages", {"repositoryName": repository})
    assert ecr.error_of(answer)[1] == "UnknownOperationException"


def test_it_empties_itself(servers):
    server = servers.start(config={"images": {"recycle_bin": "1s", "recycle_interval": "200ms"},
                                   "jobs": {"poll_interval": "100ms"}})
    client = ecr.client(server)
    client.create_repository(repositoryName="app")
    oci = Oci(server.url, ecr.token(server))
    digest, _ = oci.push_image("app", "v1")
    delete(client, "app", {"imageTag": "v1"})
    assert eventually(lambda: not binned(server, "app"), 20)
    assert failures_of(restore(server, "app", {"imageDigest": digest})) == ["ImageNotFound"]


def test_it_survives_a_restart_and_can_be_off(servers):
    server = servers.start()
    client = ecr.client(server)
    client.create_repository(repositoryName="app")
    Oci(server.url, ecr.token(server)).push_image("app", "v1")
    delete(client, "app", {"imageTag": "v1"})
    server.restart()
    assert failures_of(restore(server, "app", {"imageTag": "v1"})) == []

    off = servers.start(config={"images": {"recycle_bin": "0s"}})
    client = ecr.client(off)
    client.create_repository(repositoryName="app")
    Oci(off.url, ecr.token(off)).push_image("app", "v1")
    delete(client, "app", {"imageTag": "v1"})
    assert binned(off, "app") == []


class TestCommand:
    """berth images …"""

    @pytest.fixture
    def images(self, place):
        program = os.path.abspath(BINARY)
        return lambda *arguments: place.attempt(program, "images", *arguments)

    def test_list_restore_purge(self, images, ecr_client, oci, repository):
        empty = images("list-deleted", "--repository", repository)
        assert (empty.code, empty.out) == (0, "The recycle bin is empty.\n")
        assert images("list-deleted", "--repository", repository, "--format", "json").out == '{"deletedImages":[]}\n'
        digests = [oci.push_image(repository, f"v{i}", salt=bytes([48 + i]))[0] for i in range(3)]
        delete(ecr_client, repository, *({"imageDigest": d} for d in digests))

        table = images("list-deleted", "--repository", repository).out.splitlines()
        assert table[0].split()[:3] == ["REPOSITORY", "DIGEST", "DELETED"]
        assert len(table) == 4 and all(":root" in line for line in table[1:])
        text = images("list-deleted", "--repository", repository, "--format", "json").out
        assert re.search(r'"deletedAt":\d{10}(\.\d{1,3})?,', text), text     # a time as the server writes it
        listed = json.loads(text)
        assert {e["imageDigest"] for e in listed["deletedImages"]} == set(digests)

        back = images("restore", "--repository", repository, "v0", digests[1])
        assert back.code == 0, back.err
        assert back.out.splitlines() == [f"restored v0 ({digests[0][:19]})", f"restored v1 ({digests[1][:19]})"]
        assert oci.head_manifest(repository, "v1").status_code == 200

        missing = images("restore", "--repository", repository, "v0", "--format", "json")
        assert missing.code == 1
        assert json.loads(missing.out)["failures"][0]["failureCode"] == "ImageNotFound"

        purged = images("purge", "--repository", repository, "--all", "--format", "json")
        assert json.loads(purged.out) == {"purgedImages": [{"imageDigest": digests[2], "imageTag": "v2"}], "failures": []}
        assert images("restore", "--repository", repository, "v2").code == 1
        again = images("purge", "--repository", repository, "--all")
        assert (again.code, again.out) == (0, "There was nothing in the repository's bin.\n")

    def test_the_servers_own_file_is_enough(self, server, tmp_path, ecr_client, oci, repository):
        oci.push_image(repository, "v1")
        delete(ecr_client, repository, {"imageTag": "v1"})
        bare = Workplace(tmp_path / "bare", server, AWS_ACCESS_KEY_ID="", AWS_SHARED_CREDENTIALS_FILE="")
        ran = bare.attempt(os.path.abspath(BINARY), "images", "restore", "--repository", repository, "v1",
                           "--endpoint", server.url, "--credentials", server.data / "credentials")
        assert ran.code == 0, ran.err

    def test_errors_say_what_to_do(self, images, server, place, tmp_path):
        unknown = images("restore", "--repository", "no/such", "v1")
        assert unknown.code == 1 and "RepositoryNotFoundException" in unknown.err and "describe-rep" in unknown.err
        nobody = images("list-deleted", "--endpoint", "http://127.0.0.1:1")
        assert nobody.code == 1 and "berth serve" in nobody.err
        assert images("list-deleted", "--endpoint", "nonsense").code == 1
        assert images("purge", "--repository", "app").code == 2
        stranger = Workplace(tmp_path / "stranger", server, AWS_ACCESS_KEY_ID="AKIAAAAAAAAAAAAAAAAA")
        refused_key = stranger.attempt(os.path.abspath(BINARY), "images", "list-deleted")
        assert refused_key.code == 1 and "--credentials" in refused_key.err
        bare = Workplace(tmp_path / "bare", server, AWS_ACCESS_KEY_ID="", AWS_SHARED_CREDENTIALS_FILE="")
        assert "--credentials" in bare.attempt(os.path.abspath(BINARY), "images", "list-deleted").err
