"""Does the floor do what it stands for? What is pushed must come back, however it was cut."""
import hashlib
import http.client
import os
import tempfile
import unittest
from pathlib import Path

from harness import build, servers

MIB = 1024 * 1024


class Floor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.turn = cls.enterClassContext(servers.Floor(build.floor()).running(Path(cls.folder.name) / "turn"))

    def setUp(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", self.turn.port, timeout=30)
        self.addCleanup(self.connection.close)

    def call(self, method, target, body=None, **options):
        self.connection.request(method, target, body, **options)
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def begin(self):
        status, _, headers = self.call("POST", "/v2/a/b/blobs/uploads/")
        self.assertEqual(status, 202)
        return headers["Location"]

    def push(self, content, digest=None):
        digest = digest or "sha256:" + hashlib.sha256(content).hexdigest()
        return self.call("PUT", f"{self.begin()}?digest={digest}", content)[0], digest

    def pull(self, digest):
        status, content, headers = self.call("GET", f"/v2/a/b/blobs/{digest}")
        self.assertEqual((status, headers["Docker-Content-Digest"]), (200, digest))
        return content

    def test_blobs_of_every_kind_of_length_come_back(self):
        for length in (0, 1, 64 * 1024, 64 * 1024 + 1, MIB - 1, MIB, MIB + 4096, 5 * MIB + 777):
            content = os.urandom(length)
            status, digest = self.push(content)
            self.assertEqual(status, 201, length)
            self.assertEqual(self.pull(digest), content, length)
            status, nothing, headers = self.call("HEAD", f"/v2/a/b/blobs/{digest}")
            self.assertEqual((status, nothing, headers["Content-Length"]), (200, b"", str(length)))

    def test_chunks_may_be_cut_anywhere(self):
        for length, step in ((3000, 1), (300_000, 7), (3 * MIB + 5, 65_537), (40 * MIB, 3 * MIB)):
            content = os.urandom(length)
            digest = "sha256:" + hashlib.sha256(content).hexdigest()
            upload = self.begin()
            pieces = (content[at:at + step] for at in range(0, length, step))
            status, _, headers = self.call("PATCH", upload, pieces, encode_chunked=True,
                                           headers={"Transfer-Encoding": "chunked"})
            self.assertEqual((status, headers["Range"]), (202, f"0-{length - 1}"))
            self.assertEqual(self.call("PUT", f"{headers['Location']}?digest={digest}")[0], 201)
            self.assertEqual(self.pull(digest), content, (length, step))

    def test_another_digest_is_refused_and_nothing_is_there(self):
        for content in (b"small", os.urandom(MIB)):
            status, digest = self.push(content, "sha256:" + hashlib.sha256(b"another").hexdigest())
            self.assertEqual(status, 400)
            self.assertEqual(self.call("HEAD", f"/v2/a/b/blobs/{digest}")[0], 404)

    def test_manifests_go_by_tag_and_digest_and_are_listed(self):
        for tag in ("b", "a"):
            content = b'{"tag":"%s"}' % tag.encode()
            digest = "sha256:" + hashlib.sha256(content).hexdigest()
            self.assertEqual(self.call("PUT", f"/v2/m/n/manifests/{tag}", content)[0], 201)
            for reference in (tag, digest):
                status, got, headers = self.call("GET", f"/v2/m/n/manifests/{reference}")
                self.assertEqual((status, got, headers["Docker-Content-Digest"]), (200, content, digest))
        self.assertEqual(self.call("GET", "/v2/m/n/tags/list?n=9")[1], b'{"name":"m/n","tags":["a","b"]}')
        self.assertEqual(self.call("GET", "/v2/m/n/manifests/c")[0], 404)

    def test_what_is_there_is_mounted_and_what_is_not_begins_an_upload(self):
        _, digest = self.push(os.urandom(100))
        mount = "/v2/x/y/blobs/uploads/?mount={}&from=a/b"
        self.assertEqual(self.call("POST", mount.format(digest))[0], 201)
        self.assertEqual(self.call("POST", mount.format("sha256:" + "0" * 64))[0], 202)


if __name__ == "__main__":
    unittest.main()
