"""One worker of the mixed load: owns two repositories, so that it alone knows what must be in them."""
import random
import time

import requests

from crash.ledger import BIN, blobs_of
from harness import ecr
from harness.oci import INDEX, MANIFEST, Oci, descriptor, digest_of, encode, image_manifest

TAGS = ("latest", "v1", "moving", "multi")
SIZES = (200, 3_000, 70_000, 150_000, 1_200_000)     # under and over what is stored inline


class Disagreement(AssertionError):
    """The server answered, and the answer was wrong: not a matter of crashing."""


def insist(answer, *expected):
    if answer.status_code not in expected:
        raise Disagreement(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}")
    return answer


def insist_whole(client, repository, manifest):
    """Every blob of the image is there, with its content."""
    for digest in blobs_of(manifest):
        answer = insist(client.get_blob(repository, digest), 200)
        if digest_of(answer.content) != digest:
            raise Disagreement(f"{repository}@{digest} has other bytes")


class Worker:
    """run_until() works until the server is gone; the ledger outlives the crash, and so does a half-done upload."""

    def __init__(self, number, ledger, seed):
        self.number, self.ledger, self.random = number, ledger, random.Random(seed)
        self.repository, self.other = f"crash/w{number}", f"crash/w{number}-mounted"
        self.half_done = None      # (location, data) of an upload whose first part was acknowledged
        self.images = []           # digests of manifests that are there
        self.count = self.resumed = 0

    def fresh_bytes(self):
        self.count += 1
        size = self.random.choice(SIZES)
        return f"{self.number}-{self.count}-{self.random.random()}|".encode() * (size // 24 + 1)

    def run_until(self, stop, server, token):
        self.server = server
        client = Oci(server.url, token)
        steps = [(self.push_blob, 4), (self.push_image, 5), (self.move_tag, 3), (self.delete_image, 2), (self.mount, 2),
                 (self.upload_in_parts, 3), (self.push_index, 1), (self.read_back, 3), (self.restore_image, 2),
                 (self.purge_image, 1)]
        actions, weights = zip(*steps)
        try:
            while not stop.is_set():
                self.random.choices(actions, weights)[0](client)
        except requests.exceptions.RequestException:
            pass      # the server was killed under us: that is the test

    def blob(self, client, data):
        digest, sent = digest_of(data), time.time()
        insist(client.put_blob(self.repository, data), 201)
        self.ledger.blob(self.repository, digest, data, sent)
        return digest

    def push_blob(self, client):
        self.blob(client, self.fresh_bytes())

    def push_image(self, client):
        layer, config = self.fresh_bytes(), encode({"number": self.count, "worker": self.number})
        self.blob(client, layer)
        self.blob(client, config)
        self.put(client, encode(image_manifest(config, [layer])), MANIFEST, self.random.choice(("latest", "v1", None)))

    def push_index(self, client):
        if self.images:
            child = self.ledger.manifests[self.repository, self.images[-1]]
            index = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(child, MANIFEST)],
                            "annotations": {"n": str(self.count)}})
            # An index keeps its child from being deleted, so the child leaves the list of what may go.
            self.images.pop()
            self.put(client, index, INDEX, "multi", keep=True)

    def put(self, client, data, media_type, tag, keep=False):
        digest = digest_of(data)
        if tag:
            self.ledger.announce_tag(self.repository, tag, digest)
        insist(client.put_manifest(self.repository, tag or digest, data, media_type), 201)
        self.ledger.manifest(self.repository, digest, data)
        if tag:
            self.ledger.tagged(self.repository, tag, digest)
        if not keep:
            self.images.append(digest)

    def move_tag(self, client):
        if self.images:
            digest = self.random.choice(self.images)
            data = self.ledger.manifests[self.repository, digest]
            self.ledger.announce_tag(self.repository, "moving", digest)
            insist(client.put_manifest(self.repository, "moving", data, MANIFEST), 201)
            self.ledger.tagged(self.repository, "moving", digest)

    def delete_image(self, client):
        if len(self.images) < 4:
            return
        digest = self.images.pop(0)
        self.ledger.announce_delete(self.repository, digest)
        tags = self.ledger.tags_named(self.repository, digest)
        for tag in tags:
            self.ledger.announce_tag(self.repository, tag, None)
        insist(client.delete_manifest(self.repository, digest), 202)
        self.ledger.deleted(self.repository, digest)
        for tag in tags:
            self.ledger.lost_tag(self.repository, tag, digest)

    def any_binned(self):
        mine = [digest for repository, digest in list(self.ledger.binned) if repository == self.repository]
        return self.random.choice(mine) if mine else None

    def call(self, operation, digest, **more):
        answer = insist(ecr.call_raw(self.server, "Berth." + operation, {
            "repositoryName": self.repository, "imageIds": [{"imageDigest": digest}], **more}), 200)
        return answer.json()

    def restore_image(self, client):
        """It must come back while its time in the bin lasts, and be whole then."""
        digest = self.any_binned()
        if digest is None:
            return
        data, deleted = self.ledger.announce_restore(self.repository, digest)
        for tag in TAGS:
            self.ledger.announce_tag(self.repository, tag, digest)
        answer = self.call("RestoreImages", digest, onTagConflict="SKIP")
        back = {image.get("imageTag") for image in answer["restoredImages"]}
        for tag in TAGS:
            if tag in back:
                self.ledger.tagged(self.repository, tag, digest)
            else:
                self.ledger.lost_tag(self.repository, tag, digest)
        if not back:
            if time.time() < deleted + BIN:
                raise Disagreement(f"{digest} is not in the bin {time.time() - deleted:.1f} s after its deletion: "
                                   f"{answer}")
            self.ledger.restoring.pop((self.repository, digest))
            return
        self.ledger.restored(self.repository, digest)
        self.images.append(digest)
        if insist(client.get_manifest(self.repository, digest), 200).content != data:
            raise Disagreement(f"{digest} came back with other bytes")
        insist_whole(client, self.repository, data)

    def purge_image(self, client):
        digest = self.any_binned()
        if digest is not None:
            self.ledger.binned.pop((self.repository, digest))
            if self.call("PurgeDeletedImages", digest)["purgedImages"]:
                self.ledger.count("purged")

    def mount(self, client):
        data = self.fresh_bytes()
        digest, sent = self.blob(client, data), time.time()
        insist(client.mount(self.other, digest, self.repository), 201)
        self.ledger.blob(self.other, digest, data, sent)
        if self.random.random() < 0.5:      # the source lets go, the mounted copy stays
            self.ledger.announce_delete(self.repository, digest)
            insist(client.delete_blob(self.repository, digest), 202)
            self.ledger.deleted(self.repository, digest)

    def upload_in_parts(self, client):
        """Takes up an upload that a crash interrupted, if there is one."""
        if self.half_done is None:
            data = self.fresh_bytes()
            location = insist(client.begin(self.repository), 202).headers["Location"]
            location = insist(client.patch(location, data[:len(data) // 2], first=0), 202).headers["Location"]
            self.half_done = location, data
            if self.random.random() < 0.4:
                return
        location, data = self.half_done
        status = insist(client.request("GET", location), 204, 404)
        if status.status_code == 404:       # it had expired, or was finished just before the crash
            self.half_done = None
            return
        received = int(status.headers["Range"].split("-")[1]) + 1
        if received < len(data) // 2:
            raise Disagreement(f"{received} bytes of an upload are left of {len(data) // 2} acknowledged")
        self.resumed += 1
        self.half_done = None
        location, sent = status.headers.get("Location", location), time.time()
        insist(client.finish(location, digest_of(data), data[received:]), 201)
        self.ledger.blob(self.repository, digest_of(data), data, sent)

    def read_back(self, client):
        if self.images:
            digest = self.random.choice(self.images)
            answer = insist(client.get_manifest(self.repository, digest), 200)
            if answer.content != self.ledger.manifests[self.repository, digest]:
                raise Disagreement(f"{digest} has other bytes")
            insist_whole(client, self.repository, answer.content)
