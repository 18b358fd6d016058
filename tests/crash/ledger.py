"""What the server acknowledged, and what may or may not have happened because the answer never came."""
import json
import threading
import time

GRACE = 4.0         # storage.gc_grace: seconds a blob that no image needs is promised for
BIN = 8.0           # images.recycle_bin


def blobs_of(manifest):
    """Digests of the blobs an image cannot be pulled without; none of an index."""
    document = json.loads(manifest)
    return [part["digest"] for part in [document.get("config"), *document.get("layers", [])] if part]


class Ledger:
    """Thread-safe. Every change is announced before it is sent and confirmed when its answer came.

    Times are those before a call was sent: the server's own are later, so a promise that is counted from them is one.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.blobs = {}       # (repository, digest) -> (bytes, when it was sent), acknowledged
        self.manifests = {}   # (repository, digest) -> bytes, acknowledged
        self.tags = {}        # (repository, tag) -> set of digests (None: no tag) one of which must be there
        self.deleting = {}    # (repository, digest) of blobs and manifests -> when their deletion was sent
        self.binned = {}      # (repository, digest) -> (bytes, when its deletion was sent): in the bin for BIN from then
        self.restoring = {}   # (repository, digest) -> bytes
        self.counts = dict.fromkeys(("restored", "purged", "collected"), 0)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def blob(self, repository, digest, data, sent):
        with self.lock:
            self.blobs[repository, digest] = data, sent
            self.deleting.pop((repository, digest), None)

    def manifest(self, repository, digest, data):
        with self.lock:
            self.manifests[repository, digest] = data
            self.deleting.pop((repository, digest), None)

    def needed(self):
        """Blobs that images need which are certainly there: (repository, digest)."""
        return {(repository, blob) for (repository, digest), data in self.manifests.items()
                if (repository, digest) not in self.deleting for blob in blobs_of(data)}

    def forget_blob(self, repository, digest):
        with self.lock:
            del self.blobs[repository, digest]
            self.counts["collected"] += 1

    def announce_delete(self, repository, digest):
        with self.lock:
            self.deleting[repository, digest] = time.time()

    def deleted(self, repository, digest):
        """A deleted image is in the recycle bin from now on."""
        with self.lock:
            sent = self.deleting.pop((repository, digest))
            self.blobs.pop((repository, digest), None)
            data = self.manifests.pop((repository, digest), None)
            if data is not None:
                self.binned[repository, digest] = data, sent

    def announce_restore(self, repository, digest):
        with self.lock:
            data, sent = self.binned.pop((repository, digest))
            self.restoring[repository, digest] = data
            return data, sent

    def restored(self, repository, digest):
        with self.lock:
            self.manifests[repository, digest] = self.restoring.pop((repository, digest))
            self.counts["restored"] += 1

    def announce_tag(self, repository, tag, digest):
        with self.lock:
            self.tags.setdefault((repository, tag), {None}).add(digest)

    def tagged(self, repository, tag, digest):
        with self.lock:
            self.tags[repository, tag] = {digest}

    def tags_named(self, repository, digest):
        return [tag for (where, tag), may_be in list(self.tags.items()) if where == repository and digest in may_be]

    def lost_tag(self, repository, tag, digest):
        with self.lock:
            self.tags[repository, tag] = self.tags[repository, tag] - {digest}
