"""Uploads: every way to push a blob, chunks in and out of order, resuming, cancelling, what is refused."""
import pytest

from harness import ecr
from harness.oci import Oci, digest_of, error_of

DATA = bytes(range(256)) * 8000


def is_blob(oci, repository, data, digest=None):
    digest = digest or digest_of(data)
    head = oci.head_blob(repository, digest)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(data)))
    assert head.headers["Docker-Content-Digest"] == digest
    assert oci.get_blob(repository, digest).content == data


def test_monolithic_in_one_post(oci, repository):
    answer = oci.request("POST", f"/v2/{repository}/blobs/uploads/?digest={digest_of(DATA)}", data=DATA,
                         headers={"Content-Type": "application/octet-stream"})
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v2/{repository}/blobs/{digest_of(DATA)}"
    is_blob(oci, repository, DATA)


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_post_then_put(oci, repository, size):
    data = (DATA * 2)[:size]
    answer = oci.put_blob(repository, data)
    assert answer.status_code == 201 and answer.headers["Docker-Content-Digest"] == digest_of(data)
    assert answer.headers["Location"] == f"/v2/{repository}/blobs/{digest_of(data)}"
    is_blob(oci, repository, data)


def test_streamed_with_unknown_length(oci, repository):
    location = oci.begin_at(repository)
    answer = oci.request("PATCH", location, data=(DATA[i:i + 100_000] for i in range(0, len(DATA), 100_000)))
    assert answer.status_code == 202 and answer.headers["Range"] == f"0-{len(DATA) - 1}"
    assert oci.finish(answer.headers["Location"], digest_of(DATA)).status_code == 201
    is_blob(oci, repository, DATA)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_digest_algorithms(oci, repository, algorithm):
    digest = digest_of(DATA, algorithm)
    location = oci.begin(repository, params={"digest-algorithm": algorithm}).headers["Location"]
    assert oci.finish(location, digest, DATA).status_code == 201
    is_blob(oci, repository, DATA, digest)


def test_locations_are_relative(oci, repository):
    """Whatever Host says, it does not come back."""
    answer = oci.begin(repository, headers={"Host": "evil.example:1234"})
    assert answer.headers["Location"].startswith(f"/v2/{repository}/blobs/uploads/")
    assert "Docker-Upload-Uuid" in answer.headers


def test_chunks_out_of_order(oci, repository):
    location = oci.begin_at(repository)
    assert oci.patch(location, b"x" * 10, first=5).status_code == 416       # a first chunk that is not the first
    assert oci.patch(location, b"0123456789", first=0).status_code == 202
    for first in (0, 5, 11, 4_000_000_000):
        refused = oci.patch(location, b"abcdefghij", first=first)
        assert error_of(refused)[:2] == (416, "BLOB_UPLOAD_INVALID"), first
        assert refused.headers["Range"] == "0-9"
        assert refused.headers["Location"].split("?")[0] == location.split("?")[0]
    status = oci.request("GET", location)
    assert (status.status_code, status.headers["Range"]) == (204, "0-9")
    assert oci.patch(location, b"abcdefghij", first=10).headers["Range"] == "0-19"
    last = b"the last chunk comes with the PUT"
    answer = oci.finish(location, digest_of(b"0123456789abcdefghij" + last), last,
                        headers={"Content-Range": f"20-{19 + len(last)}"})
    assert answer.status_code == 201
    is_blob(oci, repository, b"0123456789abcdefghij" + last)


@pytest.mark.parametrize("header", ["5", "a-b", "9-0", "-5", "0-", "0-99999999999999999999999", "bytes 0-9/10", "0-9,20-29",
                                    "0-3", "0-99", ""])
def test_bad_content_ranges(oci, repository, header):
    """`bytes 0-9/10` is another header's form; some clients send it, so it may be taken, but nothing may break."""
    location = oci.begin_at(repository)
    answer = oci.patch(location, b"0123456789", headers={"Content-Range": header})
    if header in ("bytes 0-9/10", "") and answer.status_code == 202:
        return
    assert answer.status_code in (400, 416), header
    assert error_of(answer)[1] in ("BLOB_UPLOAD_INVALID", "SIZE_INVALID")
    received = oci.request("GET", location).headers["Range"]
    assert received in ("0-0", "0--1", "0-9", "0-3"), received


@pytest.mark.parametrize("header", ["0-3", "0-99"])
def test_a_chunk_of_another_length_than_its_range(oci, repository, header):
    """The same refusal whether the length was announced or showed at the end."""
    for data in (b"0123456789", iter([b"01234", b"56789"])):
        location = oci.begin_at(repository)
        answer = oci.request("PATCH", location, data=data, headers={"Content-Range": header})
        assert error_of(answer)[:2] == (416, "BLOB_UPLOAD_INVALID")
        assert answer.headers["Location"].split("?")[0] == location.split("?")[0]
        assert answer.headers["Range"] == oci.request("GET", location).headers["Range"]


def test_wrong_digest(oci, repository):
    answer = oci.put_blob(repository, DATA, digest_of(b"something else"))
    assert error_of(answer)[:2] == (400, "DIGEST_INVALID")
    assert oci.head_blob(repository, digest_of(DATA)).status_code == 404
    assert oci.head_blob(repository, digest_of(b"something else")).status_code == 404


@pytest.mark.parametrize("bad", ["", "sha256:", "sha256:abc", "sha256:" + "g" * 64, "sha256:" + "A" * 64, "md5:" + "0" * 32,
                                 "sha512:" + "0" * 64, "nonsense", "sha256:" + "0" * 63 + "%00", "x" * 5000])
def test_bad_digests(oci, repository, bad):
    location = oci.begin_at(repository)
    assert error_of(oci.finish(location, bad, b"data"))[:2] == (400, "DIGEST_INVALID")
    answer = oci.get_blob(repository, bad or "sha256:")
    assert answer.status_code in (400, 404) and error_of(answer)[1] in ("DIGEST_INVALID", "BLOB_UNKNOWN", "NAME_UNKNOWN")


def test_finish_without_digest(oci, repository):
    location = oci.begin_at(repository)
    assert error_of(oci.request("PUT", location, data=b"x"))[:2] == (400, "DIGEST_INVALID")


def test_cancel(oci, repository):
    location = oci.begin_at(repository)
    oci.patch(location, DATA)
    assert oci.request("DELETE", location).status_code == 204
    for answer in (oci.request("GET", location), oci.request("DELETE", location), oci.patch(location, b"x"),
                   oci.finish(location, digest_of(DATA), DATA)):
        assert error_of(answer)[:2] == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_finished_upload_is_gone(oci, repository):
    location = oci.begin_at(repository)
    assert oci.finish(location, digest_of(DATA), DATA).status_code == 201
    assert error_of(oci.finish(location, digest_of(DATA), DATA))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")


def test_resumed_after_a_restart(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="resume/app")
    client = Oci(server.url, ecr.token(server))
    location = client.begin_at("resume/app")
    half = len(DATA) // 2
    client.patch(location, DATA[:half], first=0)
    server.restart()
    client = Oci(server.url, ecr.token(server))
    status = client.request("GET", location)
    assert (status.status_code, status.headers["Range"]) == (204, f"0-{half - 1}")
    assert client.patch(location, DATA[half:], first=half).status_code == 202
    assert client.finish(location, digest_of(DATA)).status_code == 201
    is_blob(client, "resume/app", DATA)


@pytest.mark.parametrize("range_, expected", [
    ("bytes=0-0", (206, slice(0, 1), "bytes 0-0/2048000")), ("bytes=-5", (206, slice(-5, None), "bytes 2047995-2047999/2048000")),
    ("bytes=2047990-", (206, slice(2047990, None), "bytes 2047990-2047999/2048000")),
    ("bytes=10-99999999", (206, slice(10, None), "bytes 10-2047999/2048000")),
    ("bytes=2048000-", (416, None, "bytes */2048000")), ("bytes=-0", (416, None, "bytes */2048000")),
    ("lines=0-5", (200, slice(None), None))])
def test_range_reads(oci, repository, range_, expected):
    digest = oci.push_blob(repository, DATA)
    status, part, content_range = expected
    answer = oci.get_blob(repository, digest, headers={"Range": range_})
    assert answer.status_code == status
    if part is not None:
        assert answer.content == DATA[part]
    if content_range:
        assert answer.headers["Content-Range"] == content_range


@pytest.mark.parametrize("range_", ["bytes=9-5", "bytes=a-b", "bytes=", "bytes=99999999999999999999-", "bytes=0-1,5-9"])
def test_ranges_that_may_be_ignored(oci, repository, range_):
    """HTTP lets a server ignore what it does not understand, or refuse it."""
    digest = oci.push_blob(repository, DATA)
    answer = oci.get_blob(repository, digest, headers={"Range": range_})
    assert answer.status_code in (200, 206, 416)
    if answer.status_code == 200:
        assert answer.content == DATA


def test_delete_blob(oci, repository):
    digest = oci.push_blob(repository, DATA)
    assert oci.delete_blob(repository, digest).status_code == 202
    assert oci.head_blob(repository, digest).status_code == 404
    assert error_of(oci.delete_blob(repository, digest))[:2] == (404, "BLOB_UNKNOWN")
    oci.push_image(repository, "v1", DATA)
    assert 400 <= oci.delete_blob(repository, digest).status_code < 500     # a manifest names it
    assert oci.get_blob(repository, digest).content == DATA


def test_nothing_is_left_behind(servers):
    """Broken pushes, cancelled and expired uploads leave no file once the sweep was there."""
    from harness.eventually import eventually
    from harness.storage import blob_files
    server = servers.start(config={"limits": {"upload_lifetime": "1s"}, "storage": {"sweep_interval": "1s", "purge_interval": "1s"}})
    ecr.client(server).create_repository(repositoryName="left/behind")
    client = Oci(server.url, ecr.token(server))
    kept = client.push_blob("left/behind", DATA)
    before = blob_files(server.data)
    for _ in range(5):
        assert client.put_blob("left/behind", DATA + b"!", digest_of(b"else")).status_code == 400
        location = client.begin_at("left/behind")
        client.patch(location, DATA * 2)
        client.request("DELETE", location)
        location = client.begin_at("left/behind")
        client.patch(location, DATA * 3)        # never finished
        client.put_blob("left/behind", DATA)    # there already
    assert eventually(lambda: blob_files(server.data) == before, 20), blob_files(server.data) - before
    assert client.get_blob("left/behind", kept).content == DATA
    assert error_of(client.request("GET", location))[:2] == (404, "BLOB_UPLOAD_UNKNOWN")
