"""SIGKILL at random points of mixed load, 200 times: nothing acknowledged lost, nothing corrupt, nothing leaked."""
import os
import random
import threading
import time

from crash.ledger import Ledger
from crash.load import Worker
from harness import ecr
from harness.eventually import eventually
from harness.oci import Oci
from harness.storage import blob_files

KILLS = int(os.environ.get("BERTH_KILLS", "200"))
SEED = int(os.environ.get("BERTH_CRASH_SEED", str(random.SystemRandom().randrange(1 << 32))))
KEY = {"BERTH_ROOT_ACCESS_KEY_ID": "AKIACRASHTESTCRASHTE", "BERTH_ROOT_SECRET_ACCESS_KEY": "crash-test-secret-0123456789abcdef0123"}
CONFIG = {"limits": {"upload_lifetime": "20s"}, "storage": {"sweep_interval": "1s", "purge_interval": "1s"}}
WORKERS = 4


def check_one(client, ledger, kind, repository, digest, data):
    get = client.get_blob if kind == "blob" else client.get_manifest
    answer = get(repository, digest)
    if answer.status_code == 404 and (repository, digest) in ledger.deleting:
        return
    assert answer.status_code == 200, f"lost: {kind} {repository}@{digest} ({answer.status_code})"
    assert answer.content == data, f"corrupt: {kind} {repository}@{digest}"


def check_tags(client, ledger):
    for (repository, tag), may_be in ledger.tags.items():
        answer = client.head_manifest(repository, tag)
        found = answer.headers.get("Docker-Content-Digest") if answer.status_code == 200 else None
        assert found in may_be, f"tag {repository}:{tag} is {found}, not one of {may_be}"


def check(client, ledger, chosen, sample):
    """All manifests' tags, and a sample of everything acknowledged (all of it when sample is None)."""
    things = [("blob", *key, data) for key, data in ledger.blobs.items()] + \
        [("manifest", *key, data) for key, data in ledger.manifests.items()]
    newest = things[-10:]
    for thing in things if sample is None else newest + chosen.sample(things, min(sample, len(things))):
        check_one(client, ledger, *thing)
    check_tags(client, ledger)


def settle(client, ledger):
    """After a crash a deletion that was under way has happened or not; from here on the ledger knows."""
    for repository, digest in list(ledger.deleting):
        for kept, get in ((ledger.blobs, client.head_blob), (ledger.manifests, client.head_manifest)):
            if (repository, digest) in kept and get(repository, digest).status_code == 404:
                del kept[repository, digest]
        ledger.deleting.discard((repository, digest))
    for (repository, tag), may_be in ledger.tags.items():
        if len(may_be) > 1:
            answer = client.head_manifest(repository, tag)
            ledger.tags[repository, tag] = {answer.headers.get("Docker-Content-Digest")}


def one_round(server, workers, token, seconds):
    stop, problems = threading.Event(), []

    def work(worker):
        try:
            worker.run_until(stop, server.url, token)
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
            print(f"{number + 1} kills: {len(ledger.blobs)} blobs, {len(ledger.manifests)} manifests, "
                  f"restart {sorted(starts)[len(starts) // 2] * 1000:.0f} ms")
    check(client, ledger, chosen, None)
    assert sum(w.resumed for w in workers) > 0, "no upload was ever resumed"

    # Delete everything: when nothing is named any more, the sweep must leave no file at all.
    files = blob_files(server.data)
    assert files, "no blob was large enough to be a file; the leak check would prove nothing"
    for worker in workers:
        for name in (worker.repository, worker.other):
            ecr.client(server).delete_repository(repositoryName=name, force=True)
    left = eventually(lambda: not blob_files(server.data), 60)
    assert left, f"leaked: {sorted(blob_files(server.data))[:10]}"
