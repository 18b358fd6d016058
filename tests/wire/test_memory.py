"""Bodies are streamed: a big layer goes in and out while the server's memory stays under 100 MiB."""
import hashlib
import os
import threading

from harness import ecr
from harness.oci import Oci

GIB = int(os.environ.get("BERTH_BIG_LAYER_GIB", "1"))
LIMIT = 100 * 1024 * 1024
PIECE = bytes(range(256)) * 4096     # 1 MiB


def pieces(count):
    for number in range(count):
        yield number.to_bytes(8, "big") + PIECE[8:]


class Watch:
    """The highest memory of a server while the block runs, looked at twenty times a second."""

    def __init__(self, server):
        self.server, self.highest, self.over = server, 0, threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _look(self):
        while not self.over.wait(0.05):
            self.highest = max(self.highest, self.server.resident_bytes())


class Sized:
    """A body of known length that is never in memory as a whole."""

    def __init__(self, count):
        self.source, self.length = pieces(count), count * len(PIECE)

    def __len__(self):
        return self.length

    def __iter__(self):
        return self.source

    def read(self, _=None):
        return next(self.source, b"")


def test_big_layer(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="big/layer")
    client = Oci(server.url, ecr.token(server))
    count = GIB * 1024
    expected = hashlib.sha256()
    for piece in pieces(count):
        expected.update(piece)
    digest = "sha256:" + expected.hexdigest()
    with Watch(server) as watch:
        location = client.begin_at("big/layer")
        answer = client.patch(location, Sized(count // 2))                                  # known length
        assert answer.status_code == 202
        rest = (p for n, p in enumerate(pieces(count)) if n >= count // 2)
        assert client.finish(location, digest, rest, timeout=3600).status_code == 201       # unknown length
        got = hashlib.sha256()
        with client.get_blob("big/layer", digest, stream=True) as answer:
            for piece in answer.iter_content(1 << 20):
                got.update(piece)
    assert got.hexdigest() == expected.hexdigest()
    print(f"{GIB} GiB in and out; highest memory {watch.highest / 1048576:.0f} MiB")
    assert watch.highest < LIMIT, f"{watch.highest / 1048576:.0f} MiB"


def test_many_clients_stay_small(servers):
    """64 uploads and downloads at once share a bounded amount of memory."""
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="many/clients")
    token = ecr.token(server)
    problems = []

    def work(number):
        try:
            client = Oci(server.url, token)
            data = number.to_bytes(8, "big") * 700_000
            digest = client.push_blob("many/clients", data)
            assert client.get_blob("many/clients", digest).content == data
        except Exception as problem:  # noqa: BLE001 - handed to the main thread
            problems.append(repr(problem))

    with Watch(server) as watch:
        threads = [threading.Thread(target=work, args=(n,)) for n in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not problems
    assert watch.highest < 2 * LIMIT, f"{watch.highest / 1048576:.0f} MiB"
