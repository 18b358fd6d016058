"""Tag mutability on both planes, and pushes that race for one tag."""
import threading

import pytest

from harness import ecr
from harness.ecr import refused
from harness.oci import MANIFEST, Oci, digest_of, error_of

WILDCARDS = [{"filterType": "WILDCARD", "filter": "dev-*"}, {"filterType": "WILDCARD", "filter": "*-rc*"}]


def sentence(tag, name, because):
    return (f"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten because the "
            f"{because} is immutable.")


@pytest.fixture
def made(ecr_client, name):
    """made(value, filters): a repository of that mutability; its name."""
    def make(value, filters=None):
        more = {"imageTagMutabilityExclusionFilters": filters} if filters else {}
        ecr_client.create_repository(repositoryName=name, imageTagMutability=value, **more)
        return name
    return make


def push(oci, name, tag, salt):
    """The answer to pushing an image of its own under a tag."""
    digest, manifest = oci.push_image(name, None, salt=salt)
    return oci.put_manifest(name, tag, manifest, MANIFEST)


@pytest.mark.parametrize("value, filters, frozen, because", [
    ("MUTABLE", None, set(), None),
    ("IMMUTABLE", None, {"latest", "v1", "dev-1", "x-rc1"}, "repository"),
    ("IMMUTABLE_WITH_EXCLUSION", WILDCARDS, {"latest", "v1"}, "tag"),
    ("MUTABLE_WITH_EXCLUSION", WILDCARDS, {"dev-1", "x-rc1"}, "tag")])
def test_which_tags_move(ecr_client, oci, made, value, filters, frozen, because):
    name = made(value, filters)
    for tag in ("latest", "v1", "dev-1", "x-rc1"):
        assert push(oci, name, tag, b"first " + tag.encode()).status_code == 201
        before = oci.head_manifest(name, tag).headers["Docker-Content-Digest"]
        again = push(oci, name, tag, b"second " + tag.encode())
        if tag in frozen:
            assert error_of(again) == (400, "TAG_INVALID", sentence(tag, name, because))
            assert oci.head_manifest(name, tag).headers["Docker-Content-Digest"] == before
            _, manifest = oci.push_image(name, None, salt=b"third")
            with refused("ImageTagAlreadyExistsException", sentence(tag, name, because)):
                ecr_client.put_image(repositoryName=name, imageManifest=manifest.decode(), imageTag=tag)
        else:
            assert again.status_code == 201
            assert oci.head_manifest(name, tag).headers["Docker-Content-Digest"] != before


def test_same_digest_again(ecr_client, oci, made):
    name = made("IMMUTABLE")
    digest, manifest = oci.push_image(name, "v1")
    assert error_of(oci.put_manifest(name, "v1", manifest)) == (400, "TAG_INVALID", sentence("v1", name, "repository"))
    with refused("ImageAlreadyExistsException"):
        ecr_client.put_image(repositoryName=name, imageManifest=manifest.decode(), imageTag="v1")
    assert oci.put_manifest(name, "v2", manifest).status_code == 201      # a new tag on a known digest
    assert oci.put_manifest(name, digest, manifest).status_code == 201    # by digest


def test_same_digest_again_where_tags_move(oci, made):
    name = made("MUTABLE")
    _, manifest = oci.push_image(name, "v1")
    assert oci.put_manifest(name, "v1", manifest).status_code == 201


def test_a_setting_accepts_the_same_digest_again(servers):
    server = servers.start(config={"images": {"immutable_repush": "accept"}})
    ecr.client(server).create_repository(repositoryName="again/app", imageTagMutability="IMMUTABLE")
    oci = Oci(server.url, ecr.token(server))
    _, manifest = oci.push_image("again/app", "v1")
    assert oci.put_manifest("again/app", "v1", manifest).status_code == 201
    assert push(oci, "again/app", "v1", b"other").status_code == 400


def test_switching_counts_at_once(ecr_client, oci, made):
    name = made("MUTABLE")
    oci.push_image(name, "v1")
    ecr_client.put_image_tag_mutability(repositoryName=name, imageTagMutability="IMMUTABLE")
    assert push(oci, name, "v1", b"other").status_code == 400
    ecr_client.put_image_tag_mutability(repositoryName=name, imageTagMutability="MUTABLE")
    assert push(oci, name, "v1", b"other").status_code == 201


def test_a_deleted_tag_is_free_again(oci, made):
    name = made("IMMUTABLE")
    digest, _ = oci.push_image(name, "v1")
    assert oci.delete_manifest(name, digest).status_code == 202
    assert push(oci, name, "v1", b"other").status_code == 201


def together(*calls):
    """Runs all at the same moment; their results in order."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number):
        barrier.wait()
        results[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_pushes_race_for_one_immutable_tag(server, token, ecr_client, made):
    """Exactly one wins, in every round, over both planes."""
    name = made("IMMUTABLE")
    clients = [Oci(server.url, token) for _ in range(4)]
    manifests = [client.push_image(name, None, salt=bytes([n]) * 8)[1] for n, client in enumerate(clients)]

    def by_api(manifest, tag):
        def call():
            try:
                ecr_client.put_image(repositoryName=name, imageManifest=manifest.decode(), imageTag=tag)
                return 201
            except ecr_client.exceptions.ImageTagAlreadyExistsException:
                return 400
        return call

    for round_ in range(60):
        tag = f"round-{round_}"
        calls = [lambda n=n: clients[n].put_manifest(name, tag, manifests[n], MANIFEST).status_code for n in range(3)]
        answers = together(*calls, by_api(manifests[3], tag))
        assert sorted(answers) == [201, 400, 400, 400], (tag, answers)
        winner = manifests[answers.index(201)]
        assert clients[0].head_manifest(name, tag).headers["Docker-Content-Digest"] == digest_of(winner)


def test_eight_clients_push_one_blob(server, token, repository):
    clients = [Oci(server.url, token) for _ in range(8)]
    for round_ in range(8):
        data = bytes([round_]) * (700_000 if round_ % 2 else 2_000)
        answers = together(*[lambda c=c: c.put_blob(repository, data).status_code for c in clients])
        assert answers == [201] * 8
        assert clients[0].get_blob(repository, digest_of(data)).content == data


def test_two_writers_of_one_upload(server, token, repository):
    """However the two interleave, the upload holds one of them or both one after the other, never a mixture."""
    clients = [Oci(server.url, token) for _ in range(2)]
    for _ in range(15):
        location = clients[0].begin_at(repository)
        data = [b"A" * 300_000, b"B" * 300_000]
        answers = together(*[lambda n=n: clients[n].patch(location, data[n], first=0).status_code for n in range(2)])
        assert answers.count(202) == 1 and all(a in (202, 409, 416) for a in answers), answers
        kept = data[answers.index(202)]
        assert clients[0].finish(location, digest_of(kept)).status_code == 201


def test_push_delete_and_list_together(server, token, repository):
    """No answer is a server error, and what is listed can be read or is gone, never broken."""
    stop, problems = threading.Event(), []

    def guarded(work):
        def run():
            try:
                client = Oci(server.url, token)
                while not stop.is_set():
                    work(client)
            except Exception as problem:  # noqa: BLE001 - handed to the main thread
                problems.append(repr(problem))
                stop.set()
        return run

    def pusher(client):
        digest, manifest = client.push_image(repository, None, b"shared layer")
        assert client.put_manifest(repository, "moving", manifest).status_code in (201, 404)

    def deleter(client):
        listed = client.head_manifest(repository, "moving")
        if listed.status_code == 200:
            answer = client.delete_manifest(repository, listed.headers["Docker-Content-Digest"])
            assert answer.status_code in (202, 404), answer.status_code

    def reader(client):
        for tag in client.tags(repository).json()["tags"]:
            answer = client.get_manifest(repository, tag)
            assert answer.status_code in (200, 404), answer.status_code
            if answer.status_code == 200:
                assert digest_of(answer.content) == answer.headers["Docker-Content-Digest"]

    def tolerant_pusher(client):
        try:
            pusher(client)
        except AssertionError as problem:
            # A delete may take the config or the layer between its push and the manifest's.
            if "MANIFEST_BLOB_UNKNOWN" not in str(problem):
                raise

    threads = [threading.Thread(target=guarded(w)) for w in (tolerant_pusher, tolerant_pusher, deleter, reader, reader)]
    for thread in threads:
        thread.start()
    stop.wait(4)
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems
