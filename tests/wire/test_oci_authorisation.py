"""Who may: no, false, expired and foreign tokens; uploads that belong to somebody; rights on a mount's source."""
import base64
from pathlib import Path

import pytest

from harness import ecr
from harness.oci import Oci, digest_of, error_of

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), "")
PATHS = [("GET", "/v2/"), ("GET", "/v2/_catalog"), ("GET", "/v2/a/b/tags/list"), ("HEAD", "/v2/a/b/manifests/x"),
         ("PUT", "/v2/a/b/manifests/x"), ("POST", "/v2/a/b/blobs/uploads/"), ("DELETE", "/v2/a/b/manifests/x"),
         ("GET", "/v2/a/b/blobs/sha256:" + "0" * 64), ("GET", "/v2/a/b/referrers/sha256:" + "0" * 64)]


def is_challenge(server, answer):
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == f'Basic realm="{server.url}/",service="ecr.amazonaws.com"'
    assert answer.headers["Docker-Distribution-Api-Version"] == "registry/2.0"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Length"] == "15"
    if answer.request.method != "HEAD":
        assert answer.content == b"Not Authorized\n"


@pytest.mark.parametrize("method, path", PATHS)
def test_no_credentials(server, method, path):
    is_challenge(server, Oci(server.url).request(method, path))


@pytest.mark.parametrize("header", ["", "Basic", "Basic ", "Basic !!!", "Basic QVdT", "Bearer abc", "Basic QVdTOg==",
                                    "Basic " + "A" * 8000, "Negotiate x"])
def test_malformed_credentials(server, header):
    is_challenge(server, Oci(server.url, headers={"Authorization": header}).request("GET", "/v2/"))


def test_false_tokens(server, token):
    raw = base64.b64decode(token + "=" * (-len(token) % 4), validate=False)
    spoiled = base64.b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode() if raw else ""
    for false in ("wrong", token[:-10], token + "AAAA", spoiled, token.swapcase(), server.key()[1]):
        is_challenge(server, Oci(server.url, false).request("GET", "/v2/"))
    is_challenge(server, Oci(server.url, token, user="root").request("GET", "/v2/"))
    assert Oci(server.url, token).request("GET", "/v2/").status_code == 200


def test_every_bit_of_a_token_counts(server, token):
    """One changed character anywhere makes it false (but for padding bits that carry nothing)."""
    step = max(1, len(token) // 60)
    for at in range(0, len(token) - 3, step):
        other = "B" if token[at] == "A" else "A"
        answer = Oci(server.url, token[:at] + other + token[at + 1:]).request("GET", "/v2/")
        assert answer.status_code in (401, 403), at


def test_token_as_the_api_gives_it(server, ecr_client):
    basic = ecr_client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    assert Oci(server.url, headers={"Authorization": "Basic " + basic}).request("GET", "/v2/").status_code == 200
    assert Oci(server.url, headers={"Authorization": "basic " + basic}).request("GET", "/v2/").status_code == 200


def test_token_of_another_server(server, servers):
    foreign = ecr.token(servers.start())
    is_challenge(server, Oci(server.url, foreign).request("GET", "/v2/"))


def test_expired_token(servers):
    """Twelve hours and a minute later, by a clock that is moved under the server."""
    server = servers.start()
    token = ecr.token(server)
    server.stop()
    for hours, minutes, status in ((11, 59, 200), (12, 1, 403)):
        server.environment = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"+{hours * 60 + minutes}m", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        server.start()
        answer = Oci(server.url, token).request("GET", "/v2/")
        assert answer.status_code == status, answer.text
        server.stop()
    assert error_of(answer) == (
        403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.")


def test_upload_belongs_to_its_repository(ecr_client, oci, repository):
    other = repository + "-other"
    ecr_client.create_repository(repositoryName=other)
    location = oci.begin_at(repository)
    moved = location.replace(repository, other, 1)
    assert moved != location
    for method in ("GET", "DELETE"):
        assert error_of(oci.request(method, moved))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")
    assert error_of(oci.patch(moved, b"data"))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")
    assert error_of(oci.finish(moved, digest_of(b"data"), b"data"))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")
    assert oci.finish(location, digest_of(b"data"), b"data").status_code == 201
    assert oci.head_blob(other, digest_of(b"data")).status_code == 404


def test_unknown_upload_ids(oci, repository):
    for id_ in ("00000000-0000-4000-8000-000000000000", "nonsense", "a" * 3000):
        answer = oci.request("GET", f"/v2/{repository}/blobs/uploads/{id_}")
        assert error_of(answer)[:2] == (404, "BLOB_UPLOAD_UNKNOWN"), id_


def test_mount(ecr_client, oci, repository):
    other, third = repository + "-source", repository + "-third"
    for name in (other, third):
        ecr_client.create_repository(repositoryName=name)
    digest = oci.push_blob(other, b"to be mounted" * 9000)
    oci.push_image(other, "v1", b"to be mounted" * 9000)
    answer = oci.mount(repository, digest, other)
    assert answer.status_code == 201 and answer.headers["Docker-Content-Digest"] == digest
    assert answer.headers["Location"] == f"/v2/{repository}/blobs/{digest}"
    assert oci.get_blob(repository, digest).content == b"to be mounted" * 9000
    assert oci.mount(third, digest).status_code == 201                        # without `from`
    unknown = digest_of(b"nobody has this")
    for source in (other, None, "no/such", "Not/Valid", "../etc"):
        answer = oci.mount(repository, unknown, source)
        assert answer.status_code == 202 and "/blobs/uploads/" in answer.headers["Location"], source


def test_repositories_must_exist(oci):
    sentence = "The repository with name 'no/such' does not exist in the registry with id '000000000000'"
    zero = "sha256:" + "0" * 64
    for answer in (oci.begin("no/such"), oci.tags("no/such"), oci.get_manifest("no/such", "x"),
                   oci.get_blob("no/such", zero), oci.put_manifest("no/such", "x", b"{}"),
                   oci.delete_manifest("no/such", zero), oci.delete_blob("no/such", zero), oci.mount("no/such", zero)):
        assert error_of(answer) == (404, "NAME_UNKNOWN", sentence), answer.request.url
