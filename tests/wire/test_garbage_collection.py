"""Blobs that no image needs go while clients push, mount, pull and delete; `berth fsck` proves what is left."""
import json
import os
import random
import subprocess
import threading
import time

from harness import ecr
from harness.eventually import eventually
from harness.oci import MANIFEST, Oci, digest_of, encode, image_manifest
from harness.server import BINARY, CLEAN_ENVIRONMENT, PATIENCE
from harness.storage import blob_files

GRACE = 2 * PATIENCE
CONFIG = {"storage": {"gc_grace": f"{GRACE}s", "gc_interval": "100ms", "gc_rate": 0, "sweep_interval": "1s",
                      "purge_interval": "1s"},
          "images": {"recycle_bin": "1s", "recycle_interval": "100ms"}, "jobs": {"poll_interval": "100ms"}}
SECONDS = float(os.environ.get("BERTH_GC_SECONDS", "8"))
WORKERS, IMAGES = 4, 16
REPOSITORIES = ("gc/one", "gc/two")


def blob(number):
    number %= IMAGES
    return f"blob {number}|".encode() * (20_000 if number % 2 else 20)      # every second one is a file


class Worker:
    """Owns every fourth image, so it knows whether it is there; the blobs are everybody's."""

    def __init__(self, number, url, token):
        self.client, self.dice = Oci(url, token), random.Random(number)
        self.own = [(repository, n) for repository in REPOSITORIES for n in range(IMAGES) if n % WORKERS == number]
        self.present, self.pushed, self.pulled, self.late = set(), 0, 0, 0

    def run_until(self, end):
        while time.monotonic() < end:
            image = self.dice.choice(self.own)
            if image not in self.present:
                self.push(*image)
            elif self.dice.random() < 0.4:
                self.delete(*image)
            else:
                self.pull(*image)

    def push(self, repository, number):
        config, layer = blob(number), blob(number + 1)
        data, first_told = encode(image_manifest(config, [layer])), time.monotonic()
        for content in (config, layer):
            if self.client.head_blob(repository, digest_of(content)).status_code == 200:
                continue
            other = REPOSITORIES[1 - REPOSITORIES.index(repository)]
            if self.dice.random() < 0.5 and self.client.mount(repository, digest_of(content), other).status_code == 201:
                continue
            self.client.push_blob(repository, content)
        tag = self.dice.choice((f"own{number}", f"moved{number % WORKERS}"))
        answer = self.client.put_manifest(repository, tag, data, MANIFEST)
        if answer.status_code == 201:
            self.present.add((repository, number))
            self.pushed += 1
            return
        took = time.monotonic() - first_told
        assert answer.status_code < 500 and took >= GRACE, (took, answer.status_code, answer.text)
        self.late += 1

    def delete(self, repository, number):
        digest = digest_of(encode(image_manifest(blob(number), [blob(number + 1)])))
        assert self.client.delete_manifest(repository, digest).status_code == 202
        self.present.discard((repository, number))

    def pull(self, repository, number):
        data = encode(image_manifest(blob(number), [blob(number + 1)]))
        assert self.client.get_manifest(repository, digest_of(data)).content == data
        for content in (blob(number), blob(number + 1)):
            answer = self.client.get_blob(repository, digest_of(content))
            assert answer.status_code == 200 and answer.content == content, (repository, number, answer.status_code)
        self.pulled += 1


def fsck(server, *options):
    return subprocess.run([BINARY, "fsck", "--data", str(server.data), *options], capture_output=True, text=True,
                          timeout=120 * PATIENCE, env=CLEAN_ENVIRONMENT)


def metric(server, name):
    text = Oci(server.url).request("GET", "/metrics").text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))


def test_nothing_needed_goes_and_nothing_else_stays(servers):
    server = servers.start(config=CONFIG)
    token = ecr.token(server)
    for name in REPOSITORIES:
        ecr.client(server).create_repository(repositoryName=name)
    workers, problems = [Worker(n, server.url, token) for n in range(WORKERS)], []

    def work(worker):
        try:
            worker.run_until(time.monotonic() + SECONDS)
        except BaseException as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(repr(problem))

    threads = [threading.Thread(target=work, args=(w,)) for w in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems
    assert sum(w.pushed for w in workers) > 20 and sum(w.pulled for w in workers) > 20
    # What stands must stay when everything else goes.
    for worker in workers:
        for image in list(worker.present):
            worker.pull(*image)
    assert eventually(lambda: metric(server, "berth_gc_reviewed_blobs_total") > 0, 10 + 2 * GRACE)
    for worker in workers:
        for image in list(worker.present):
            worker.pull(*image)
            worker.delete(*image)
    assert eventually(lambda: not blob_files(server.data), 20 + 2 * GRACE), "files are left over"
    assert metric(server, "berth_gc_removed_blobs_total") > 0
    server.stop()
    proven = fsck(server, "--digests", "--format", "json")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    report = json.loads(proven.stdout)
    assert report["whole"] and not report["orphans"] and report["checkedImages"] == 0
    assert report["checkedBlobs"] == 0


def test_a_deleted_image_gives_its_space_back(servers):
    server = servers.start(config=CONFIG)
    ecr.client(server).create_repository(repositoryName="gc/space")
    client = Oci(server.url, ecr.token(server))
    kept, _ = client.push_image("gc/space", "kept", b"k" * 500_000, salt=b"k")
    client.push_image("gc/space", "gone", b"g" * 3_000_000, salt=b"g")
    assert len(blob_files(server.data)) == 2
    ecr.client(server).batch_delete_image(repositoryName="gc/space", imageIds=[{"imageTag": "gone"}])
    assert eventually(lambda: len(blob_files(server.data)) == 1, 10 + 2 * GRACE)
    assert client.get_blob("gc/space", digest_of(b"k" * 500_000)).content == b"k" * 500_000
    assert client.head_manifest("gc/space", kept).status_code == 200


def test_fsck_names_what_is_lost_and_a_push_heals_it(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="gc/rot")
    client = Oci(server.url, ecr.token(server))
    layer = b"layer" * 200_000
    digest, _ = client.push_image("gc/rot", "v1", layer)
    running = fsck(server)
    assert running.returncode == 2 and "stop the server" in running.stderr, running
    server.stop()
    assert fsck(server, "--digests").returncode == 0
    file, = blob_files(server.data)
    with open(server.data / file, "r+b") as damaged:
        damaged.seek(12_345)
        damaged.write(b"?")
    assert fsck(server).returncode == 0      # the sizes are right
    found = fsck(server, "--digests")
    assert found.returncode == 3
    for part in ("gc/rot@" + digest, "v1", digest_of(layer), "wrong content"):
        assert part in found.stdout, found.stdout
    repaired = fsck(server, "--digests", "--repair", "--format", "json")
    assert repaired.returncode == 3
    lost, = json.loads(repaired.stdout)["lostImages"]
    assert lost["repositoryName"] == "gc/rot" and lost["imageDigest"] == digest and lost["imageTags"] == ["v1"]
    server.start()
    client = Oci(server.url, ecr.token(server))
    assert client.get_blob("gc/rot", digest_of(layer)).status_code == 404
    client.push_blob("gc/rot", layer)
    assert client.get_blob("gc/rot", digest_of(layer)).content == layer
    server.stop()
    assert fsck(server, "--digests").returncode == 0
    nowhere = subprocess.run([BINARY, "fsck", "--data", str(server.folder / "absent")], capture_output=True, text=True,
                             timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
    assert nowhere.returncode == 2 and "absent" in nowhere.stderr


def test_fsck_puts_strays_aside(servers):
    server = servers.start()
    server.stop()
    name = "11111111-1111-4111-8111-111111111111"
    for path in (f"11/{name}", f"12/{name}", "00/orphan"):
        (server.data / "blobs" / path).write_text("hi")
    found = fsck(server)
    assert found.returncode == 0 and "00/orphan" in found.stdout and "3 orphans" in found.stdout, found
    repaired = fsck(server, "--repair")
    assert repaired.returncode == 0 and repaired.stdout.count("set aside") == 3, repaired
    assert "0 orphans" in fsck(server).stdout
    assert len(list((server.data / "blobs/quarantine").iterdir())) == 3


def test_fsck_names_false_sizes(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="gc/sizes")
    client = Oci(server.url, ecr.token(server))
    _, manifest = client.push_image("gc/sizes", "right", b"layer")
    wrong = manifest.replace(b'"size":5', b'"size":999')
    assert wrong != manifest
    assert client.put_manifest("gc/sizes", "wrong", wrong).status_code == 201
    server.stop()
    found = fsck(server)
    assert found.returncode == 0 and "1 false sizes" in found.stdout, found
    report = json.loads(fsck(server, "--format", "json").stdout)
    false, = report["falseSizes"]
    assert (false["imageDigest"], false["imageTags"]) == (digest_of(wrong), ["wrong"])
    assert (false["named"], false["size"], false["actualSize"]) == (digest_of(b"layer"), 999, 5)


def test_what_fsck_cannot_open_is_said_once(servers):
    server = servers.start()
    server.stop()
    (server.data / "metadata.db").write_bytes(b"not a database" * 100)
    broken = fsck(server)
    assert broken.returncode == 2 and "stop the server" not in broken.stderr, broken
    assert broken.stderr.count("not a database") == 1, broken
