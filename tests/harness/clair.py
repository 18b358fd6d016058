"""Clair v4 for the tests: one that is scripted, and a real one where its program is there."""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from harness.debian_truth import records
from harness.server import PATIENCE, free_port

KEY = base64.b64encode(b"a key that Clair and Berth share").decode()
ISSUER = "berth"
RECORDED = Path(__file__).parents[2] / "src/scanning/clair/testdata"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wrong_with(token):
    """What Clair would object to in an Authorization header; None: nothing."""
    def part(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if not token or not token.startswith("Bearer ") or token.count(".") != 2:
        return "no token"
    statement, _, mac = token.removeprefix("Bearer ").rpartition(".")
    header, claims = (json.loads(part(text)) for text in statement.split("."))
    if header["alg"] != "HS256":
        return "another algorithm"
    expected = hmac.new(base64.b64decode(KEY), statement.encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(part(mac), expected):
        return "another key"
    now = time.time()
    if claims["iss"] != ISSUER or claims["nbf"] > now or not now < claims["exp"] < now + 3600:
        return "claims that do not hold"
    return None


class FakeClair:
    """Fetches the layers it is given as Clair does, and answers with what a real Clair 4.9 said of such an image
    (RECORDED). A test changes its words by `answers`, and stops and starts it."""

    def __init__(self):
        self.port = free_port()
        self.report = (RECORDED / "clair_4.9_report.json").read_text()
        self.index_state = "cb31df8269833698891b35a63251a81a"
        self.updates = {"debian/updater": [{"ref": "d5c0585b-8cd3-47a0-b687-6c5af3eab11c", "updater": "debian/updater",
                                            "fingerprint": "", "date": "2026-11-24T17:29:32.074731Z", "kind": ""}]}
        self.answers = {}  # path's beginning: (status, body), or a function of the request's body that gives them
        self.indexed = {}  # manifest: its layers, each fetched and held against its digest
        self.asked = []
        self.refused = []
        self.links = []
        self.server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = fake.answer(self.command, self.path, self.headers.get("Authorization"), body)
                data = answer.encode()
                with contextlib.suppress(ConnectionError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            do_POST = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def answer(self, method, path, token, body):
        self.asked.append(f"{method} {path}")
        if problem := wrong_with(token):
            self.refused.append(problem)
            return 401, ""
        for beginning, said in self.answers.items():
            if path.startswith(beginning):
                return said(body) if callable(said) else said
        if path == "/indexer/api/v1/index_state":
            return 200, json.dumps({"state": self.index_state})
        if path == "/matcher/api/v1/internal/update_operation?latest=true":
            return 200, json.dumps(self.updates)
        if (method, path) == ("POST", "/indexer/api/v1/index_report"):
            return self.index(json.loads(body))
        digest = path.rpartition("/")[2]
        if method == "DELETE" and path.startswith("/indexer/api/v1/index_report/"):
            self.indexed.pop(digest, None)
            return 204, ""
        if digest not in self.indexed:
            return 404, json.dumps({"code": "not-found", "message": f'index report for manifest "{digest}" not found'})
        if path.startswith("/matcher/api/v1/vulnerability_report/"):
            return 200, self.report.replace("sha256:MANIFEST", digest).replace("sha256:LAYER", self.indexed[digest][0])
        return 200, self.finished(digest)

    def index(self, manifest):
        assert set(manifest) == {"hash", "layers"}, manifest
        for layer in manifest["layers"]:
            self.links.append(layer["uri"])
            try:
                with OPENER.open(urllib.request.Request(layer["uri"], headers=layer["headers"]), timeout=30) as got:
                    data = got.read()
            except urllib.error.HTTPError as refusal:
                return self.failed(f"unexpected status code: {refusal.code}")
            if f"sha256:{hashlib.sha256(data).hexdigest()}" != layer["hash"]:
                return self.failed("validation failed")
        self.indexed[manifest["hash"]] = [layer["hash"] for layer in manifest["layers"]]
        return 201, self.finished(manifest["hash"])

    @staticmethod
    def finished(digest):
        return json.dumps({"manifest_hash": digest, "state": "IndexFinished", "success": True, "err": "", "packages": {}})

    @staticmethod
    def failed(why):
        return 500, json.dumps({"code": "internal-error",
                                "message": f"failed to start scan: failed to fetch layers: fetcher: {why}"})


def tracker_of(release, codename, files):
    """OSV records as the Debian security tracker's own document, which Clair reads."""
    tracker = {}
    for record in records(files):
        if not record["id"].startswith("CVE-"):
            continue
        for affected in record["affected"]:
            if affected["package"]["ecosystem"] != f"Debian:{release}":
                continue
            events = [e for r in affected.get("ranges", []) for e in r["events"]]
            fixed = [e["fixed"] for e in events if "fixed" in e]
            state = {"status": "resolved" if fixed else "open",
                     "urgency": affected.get("ecosystem_specific", {}).get("urgency", "not yet assigned")}
            if fixed:
                state["fixed_version"] = fixed[-1]
            tracker.setdefault(affected["package"]["name"], {})[record["id"]] = {
                "description": record.get("details", ""), "releases": {codename: state}}
    return tracker


class RealClair:
    """BERTH_CLAIR's program over a PostgreSQL of its own; all it knows is Debian's tracker as `feed` has it."""

    PROGRAM = os.environ.get("BERTH_CLAIR")

    def __init__(self, folder):
        self.folder = Path(folder)
        self.feed = self.folder / "feed"
        release = self.feed / "debian" / "dists" / "bullseye" / "Release"
        release.parent.mkdir(parents=True)
        release.write_text("Origin: Debian\nSuite: oldstable\nVersion: 11.11\nCodename: bullseye\n")
        self.port, self.introspection, self.database, self.feeds = (free_port() for _ in range(4))
        self.published = 0
        self.process = self.feed_server = None
        # Not in the folder: PostgreSQL's own user must come to it.
        self.postgres = Path(tempfile.mkdtemp(prefix="clair-postgres-"))
        self.log = self.folder / "clair.log"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def publish(self, tracker):
        (self.feed / "tracker.json").write_text(json.dumps(tracker))
        # Clair tells a new document by the time of its last change, to the second.
        self.published += 1
        os.utime(self.feed / "tracker.json", times=(time.time(), time.time() + self.published))

    def empty_mapping(self):
        mapping = self.folder / "mapping.json"
        mapping.write_text('{"data": {}}')
        return str(mapping)

    def as_postgres(self, *command):
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*user, *map(str, command)], check=True, capture_output=True, cwd="/", timeout=120)

    def start(self):
        data = self.postgres
        if os.geteuid() == 0:
            shutil.chown(data, "postgres")
        self.as_postgres("initdb", "-D", data / "db", "-A", "trust")
        self.as_postgres("pg_ctl", "-D", data / "db", "-l", data / "log", "-w", "-o",
                         f"-p {self.database} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off", "start")
        self.as_postgres("createdb", "-h", "127.0.0.1", "-p", str(self.database), "clair")
        handler = http.server.SimpleHTTPRequestHandler
        self.feed_server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", self.feeds), lambda *a: type("Feed", (handler,), {"log_message": lambda *_: None})(
                *a, directory=str(self.feed)))
        threading.Thread(target=self.feed_server.serve_forever, daemon=True).start()
        connection = f"host=127.0.0.1 port={self.database} user=postgres dbname=clair sslmode=disable"
        common = {"connstring": connection, "migrations": True}
        (self.folder / "config.json").write_text(json.dumps({
            "http_listen_addr": f"127.0.0.1:{self.port}", "introspection_addr": f"127.0.0.1:{self.introspection}",
            "log_level": "info", "auth": {"psk": {"key": KEY, "iss": [ISSUER]}},
            # Red Hat's names for things, which Clair would fetch and wants for every image: none.
            "indexer": common | {"airgap": True, "scanner": {
                "repo": {"rhel-repository-scanner": {"repo2cpe_mapping_file": self.empty_mapping()}},
                "package": {"rhel_containerscanner": {"name2repos_mapping_file": self.empty_mapping()}}}},
            "matcher": common | {"indexer_addr": self.url + "/"},
            "notifier": common | {"indexer_addr": self.url + "/", "matcher_addr": self.url + "/"},
            "updaters": {"sets": ["debian"], "config": {"debian": {
                "mirror_url": f"http://127.0.0.1:{self.feeds}/",
                "json_url": f"http://127.0.0.1:{self.feeds}/tracker.json"}}}}))
        return self.run()

    def run(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.PROGRAM, "-conf", str(self.folder / "config.json"), "-mode", "combo"],
                                            stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60 * PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                try:
                    OPENER.open(self.url + "/indexer/api/v1/index_state", timeout=2)
                except urllib.error.HTTPError:
                    return self  # it asks for a token
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.1)
        raise AssertionError("Clair does not start:\n" + self.log.read_text()[-3000:])

    def restart(self):
        """It looks for updates when it starts, and then for hours no more."""
        self.process.terminate()
        self.process.wait(30)
        return self.run()

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        if self.feed_server:
            self.feed_server.shutdown()
        if (self.postgres / "db").exists():
            self.as_postgres("pg_ctl", "-D", self.postgres / "db", "-m", "immediate", "stop")
        shutil.rmtree(self.postgres)
