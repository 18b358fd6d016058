"""What the server acknowledged, and what may or may not have happened because the answer never came."""
import threading


class Ledger:
    """Thread-safe. Every change is announced before it is sent and confirmed when its answer came."""

    def __init__(self):
        self.lock = threading.Lock()
        self.blobs = {}       # (repository, digest) -> bytes, acknowledged
        self.manifests = {}   # (repository, digest) -> bytes, acknowledged
        self.tags = {}        # (repository, tag) -> set of digests (None: no tag) one of which must be there
        self.deleting = set()  # (repository, digest) of blobs and manifests whose deletion was sent

    def blob(self, repository, digest, data):
        with self.lock:
            self.blobs[repository, digest] = data
            self.deleting.discard((repository, digest))

    def manifest(self, repository, digest, data):
        with self.lock:
            self.manifests[repository, digest] = data
            self.deleting.discard((repository, digest))

    def announce_delete(self, repository, digest):
        with self.lock:
            self.deleting.add((repository, digest))

    def deleted(self, repository, digest):
        with self.lock:
            self.blobs.pop((repository, digest), None)
            self.manifests.pop((repository, digest), None)

    def announce_tag(self, repository, tag, digest):
        with self.lock:
            self.tags.setdefault((repository, tag), {None}).add(digest)

    def tagged(self, repository, tag, digest):
        with self.lock:
            self.tags[repository, tag] = {digest}
