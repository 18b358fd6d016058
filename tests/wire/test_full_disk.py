"""A full disk and an unreadable file: a clear 5xx and a line in the log, the server lives on, nothing is lost."""
import os
import subprocess

import pytest

from harness import ecr
from harness.eventually import eventually
from harness.oci import Oci, digest_of, encode, image_manifest
from harness.storage import blob_files


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(mount)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {done.stderr.strip()}")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def test_full_disk(servers, small_disk):
    server = servers.start(data=small_disk / "data", config={
        "limits": {"upload_lifetime": "1s"}, "storage": {"keep_free": "4MiB", "sweep_interval": "1s", "purge_interval": "1s"}})
    server.errors_allowed = True
    api = ecr.client(server)
    api.create_repository(repositoryName="full/app")
    client = Oci(server.url, ecr.token(server))
    kept, refused = {}, None
    for number in range(40):
        data = bytes([number]) * 4_000_000
        answer = client.put_blob("full/app", data)
        if answer.status_code != 201:
            refused = answer
            break
        kept[digest_of(data)] = data
    assert refused is not None and len(kept) >= 5
    assert refused.status_code in (500, 503, 507), refused.status_code
    assert refused.json()["errors"][0]["code"] == "UNAVAILABLE", refused.text
    assert server.error_lines() or "space" in server.log().lower()

    # Filled to the last byte, everything else must answer too: reads as ever, writes with success or a clear 5xx.
    filler = small_disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"f" * 65536)
        except OSError:
            pass
    for digest, data in kept.items():
        assert client.get_blob("full/app", digest).content == data
    for number in range(30):
        small = b"small" + bytes([number]) * 60_000
        if client.begin("full/app").status_code != 202:
            break
        if client.put_blob("full/app", small).status_code == 201:
            kept[digest_of(small)] = small
    assert client.request("GET", "/healthz").status_code == 200
    assert api.describe_repositories(repositoryNames=["full/app"])["repositories"]

    filler.unlink()
    for digest in list(kept)[:3]:
        assert client.delete_blob("full/app", digest).status_code == 202
        del kept[digest]
    after = b"there is room again" * 50_000

    def fits():
        begun = client.begin("full/app")    # refused as well until the sweep has given back what was deleted
        return begun.status_code == 202 and client.finish(begun.headers["Location"], digest_of(after), after).status_code == 201
    assert eventually(fits, 20)
    kept[digest_of(after)] = after
    server.restart()
    client = Oci(server.url, ecr.token(server))
    for digest, data in kept.items():
        assert client.get_blob("full/app", digest).content == data


def damaged(server, client, damage):
    """A stored blob of 3 MB whose file went through damage(path); its digest."""
    ecr.client(server).create_repository(repositoryName="broken/app")
    before = blob_files(server.data)
    digest = client.push_blob("broken/app", b"unlucky" * 450_000)
    file, = blob_files(server.data) - before
    damage(server.data / file)
    return digest


@pytest.mark.errors_logged
@pytest.mark.parametrize("damage", [lambda p: p.unlink(), lambda p: (p.unlink(), p.mkdir()), lambda p: os.truncate(p, 1000)],
                         ids=["gone", "folder", "short"])
def test_unreadable_file(servers, damage):
    server = servers.start()
    server.errors_allowed = True
    client = Oci(server.url, ecr.token(server))
    digest = damaged(server, client, damage)
    try:
        answer = client.get_blob("broken/app", digest)
        failed = answer.status_code >= 500
    except OSError:      # the length was promised, and the connection broken off when the bytes ended early
        failed = True
    assert failed
    assert eventually(server.error_lines), "the log says nothing"
    assert client.request("GET", "/healthz").status_code == 200
    config = encode({"architecture": "amd64"})
    client.push_blob("broken/app", config)
    layer = b"another layer" * 200_000
    client.push_blob("broken/app", layer)
    assert client.put_manifest("broken/app", "ok", image_manifest(config, [layer])).status_code == 201
