"""SIGKILL at random points of mixed load, 200 times: nothing acknowledged lost, nothing corrupt, nothing leaked.

The collector and the recycle bin run all the time and forget within seconds, so what they do is killed as well.
"""
import os
import random
import threading
import time

from crash.ledger import BIN, GRACE, Ledger
from crash.load import Worker, insist_whole
from harness import ecr
from harness.eventually import eventually
from harness.oci import INDEX, Oci
from harness.storage import blob_files

KILLS = int(os.environ.get("BERTH_KILLS", "200"))
SEED = int(os.environ.get("BERTH_CRASH_SEED", str(random.SystemRandom().randrange(1 << 32))))
KEY = {"BERTH_ROOT_ACCESS_KEY_ID": "AKIACRASHTESTCRASHTE", "BERTH_ROOT_SECRET_ACCESS_KEY": "crash-test-secret-0123456789abcdef0123"}
CONFIG = {"limits": {"upload_lifetime": "20s"},
          "storage": {"sweep_interval": "1s", "purge_interval": "1s", "gc_grace": f"{GRACE:.0f}s", "gc_interval": "1s",
                      "gc_rate": 0},
          "images": {"recycle_bin": f"{BIN:.0f}s", "recycle_interval": "1s"}}
WORKERS = 4


def check_manifest(client, ledger, repository, digest, data):
    answer = client.get_manifest(repository, digest)
    if answer.status_code == 404 and (repository, digest) in ledger.deleting:
        return
    assert answer.status_code == 200, f"lost: manifest {repository}@{digest} ({answer.status_code})"
    assert answer.content == data, f"corrupt: manifest {repository}@{digest}"


def check_blob(client, ledger, needed, repository, digest, data, sent):
    """One that no image needs may go when its grace is over, and then for good."""
    answer = client.get_blob(repository, digest)
    if answer.status_code == 404 and (repository, digest) in ledger.deleting:
        return
    if answer.status_code == 404 and (repository, digest) not in needed and time.time() > sent + GRACE:
        ledger.forget_blob(repository, digest)
        return
    assert answer.status_code == 200, f"lost: blob {repository}@{digest} ({answer.status_code})"
    assert answer.content == data, f"corrupt: blob {repository}@{digest}"


def check_tags(client, ledger):
    for (repository, tag), may_be in ledger.tags.items():
        answer = client.head_manifest(repository, tag)
        found = answer.headers.get("Docker-Content-Digest") if answer.status_code == 200 else None
        assert found in may_be, f"tag {repository}:{tag} is {found}, not one of {may_be}"


def chosen_of(things, chosen, sample):
    things = list(things)
    return things if sample is None else things[-5:] + chosen.sample(things, min(sample, len(things)))


def check(client, ledger, chosen, sample):
    """All tags, and a sample of everything acknowledged (all of it when sample is None)."""
    for (repository, digest), data in chosen_of(ledger.manifests.items(), chosen, sample):
        check_manifest(client, ledger, repository, digest, data)
    needed = ledger.needed()
    for (repository, digest), (data, sent) in chosen_of(ledger.blobs.items(), chosen, sample):
        check_blob(client, ledger, needed, repository, digest, data, sent)
    check_tags(client, ledger)


def settle(client, ledger):
    """After a crash a deletion or a restoration that was under way has happened or not; from here on the ledger knows."""
    for repository, digest in list(ledger.deleting):
        kept = client.head_blob if (repository, digest) in ledger.blobs else client.head_manifest
        if kept(repository, digest).status_code == 404:
            ledger.deleted(repository, digest)
        else:
            del ledger.deleting[repository, digest]
    for (repository, digest), data in list(ledger.restoring.items()):
        if client.head_manifest(repository, digest).status_code == 200:
            ledger.restored(repository, digest)
            insist_whole(client, repository, data)
    ledger.restoring.clear()
    for (repository, tag), may_be in ledger.tags.items():
        if len(may_be) > 1:
            answer = client.head_manifest(repository, tag)
            ledger.tags[repository, tag] = {answer.headers.get("Docker-Content-Digest")}


def delete_images(client, repository):
    """Indexes first: each keeps its children."""
    images = [image for page in client.get_paginator("describe_images").paginate(repositoryName=repository)
              for image in page["imageDetails"]]
    images.sort(key=lambda image: image["imageManifestMediaType"] != INDEX)
    for begin in range(0, len(images), 100):
        ids = [{"imageDigest": image["imageDigest"]} for image in images[begin:begin + 100]]
        gone = client.batch_delete_image(repositoryName=repository, imageIds=ids)
        assert not gone["failures"], gone["failures"]


def one_round(server, workers, token, seconds):
    stop, problems = threading.Event(), []

    def work(worker):
        try:
            worker.run_until(stop, server, token)
        except BaseException as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(w,)) for w in workers]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    died = server.process.poll()
    server.kill()
    stop.set()
    for thread in threads:
        thread.join()
    assert died is None, f"the server died by itself ({died}):\n{server.log_tail()}"
    assert not problems, problems


def test_kills(servers):
    print(f"\n{KILLS} kills, BERTH_CRASH_SEED={SEED}")
    chosen = random.Random(SEED)
    server = servers.start(environment=KEY, config=CONFIG)
    server.secrets.add(KEY["BERTH_ROOT_SECRET_ACCESS_KEY"])
    ledger, token = Ledger(), ecr.token(server)
    workers = [Worker(n, ledger, SEED + n) for n in range(WORKERS)]
    for worker in workers:
        for name in (worker.repository, worker.other):
            ecr.client(server).create_repository(repositoryName=name)
    starts = []
    for number in range(KILLS):
        one_round(server, workers, token, chosen.uniform(0.02, 0.5))
        begun = time.monotonic()
        server.start()
        starts.append(time.monotonic() - begun)
        client = Oci(server.url, token)
        check(client, ledger, chosen, 15)
        settle(client, ledger)
        if number % 50 == 49:
            print(f"{number + 1} kills: {len(ledger.blobs)} blobs, {len(ledger.manifests)} manifests, {ledger.counts}, "
                  f"restart {sorted(starts)[len(starts) // 2] * 1000:.0f} ms")
    check(client, ledger, chosen, None)
    assert sum(w.resumed for w in workers) > 0, "no upload was ever resumed"

    assert KILLS < 100 or all(ledger.counts.values()), f"not everything happened: {ledger.counts}"

    # Delete every image: when the time of the bin and the grace are over, not one file is left, and no repository went.
    files = blob_files(server.data)
    assert files, "no blob was large enough to be a file; the leak check would prove nothing"
    for worker in workers:
        for name in (worker.repository, worker.other):
            delete_images(ecr.client(server), name)
    left = eventually(lambda: not blob_files(server.data), 60)
    assert left, f"leaked: {sorted(blob_files(server.data))[:10]}"
    for worker in workers:
        for name in (worker.repository, worker.other):
            ecr.client(server).delete_repository(repositoryName=name)
