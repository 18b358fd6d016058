"""berth vulndb by hand: feeds come over HTTP, only what changed, and go to another machine as one file."""
import contextlib
import fcntl
import gzip
import hashlib
import http.server
import json
import secrets
import subprocess
import threading

import pytest

from harness.eventually import eventually
from harness.server import BINARY as BERTH


def record(name, fixed):
    events = [{"introduced": "0"}, {"fixed": fixed}]
    affected = {"package": {"ecosystem": "npm", "name": "left"}, "ranges": [{"type": "SEMVER", "events": events}]}
    return json.dumps({"id": name, "modified": "2024-01-01T00:00:00Z", "affected": [affected]}) + "\n"


class Publisher:
    """Serves files with ETags and ranges; can break off once in the middle of a file that is longer."""

    def __init__(self):
        publisher = self
        self.files, self.requests, self.break_off = {}, [], None
        self.hold = None  # a file of which only this many bytes come, until go_on
        self.go_on = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                publisher.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        self.requests.append((request.path, dict(request.headers)))
        if request.path not in self.files:
            request.send_error(404)
            return
        data, etag = self.files[request.path]
        if request.headers.get("If-None-Match") == etag:
            request.send_response(304)
            request.send_header("ETag", etag)
            request.end_headers()
            return
        first = 0
        if request.headers.get("If-Range") == etag:
            first = int(request.headers["Range"].removeprefix("bytes=").rstrip("-"))
        request.send_response(206 if first else 200)
        request.send_header("ETag", etag)
        request.send_header("Content-Length", str(len(data) - first))
        if first:
            request.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        request.end_headers()
        end = len(data)
        if self.break_off and self.break_off < end:
            end, self.break_off = self.break_off, None
        if self.hold and self.hold < end:
            request.wfile.write(data[first:self.hold])
            request.wfile.flush()
            first, self.hold = self.hold, None
            self.go_on.wait(60)
        with contextlib.suppress(ConnectionError):
            request.wfile.write(data[first:end])


@pytest.fixture
def publisher():
    made = Publisher()
    yield made
    made.go_on.set()
    made.server.shutdown()


@pytest.fixture
def vulndb(tmp_path):
    def run(*arguments, db="db", fails=False):
        command = [BERTH, "vulndb", arguments[0], "--db", tmp_path / db, *arguments[1:]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_every_command_knows_the_folder_by_the_environment(tmp_path, publisher):
    here = {"BERTH_VULNDB": str(tmp_path / "named")}

    def run(*arguments, **environment):
        done = subprocess.run([BERTH, "vulndb", *arguments], capture_output=True, text=True, timeout=120, check=True,
                              cwd=tmp_path, env=environment)
        return done.stdout

    (tmp_path / "one.jsonl").write_text(record("A-1", "1.0.0"))
    publisher.files = {"/two": (record("A-2", "1.0.0").encode(), '"1"')}
    (tmp_path / "feeds.toml").write_text(f'[[feed]]\nname = "two"\nurl = "{publisher.url}/two"\n')
    run("import", "one.jsonl", **here)
    assert (tmp_path / "named" / "vulndb.sqlite").exists()
    assert json.loads(run("status", "--format", "json", **here))["feeds"][0]["name"] == "one"
    run("export", "bundle", **here)
    run("update", "--feeds", "feeds.toml", **here)
    assert (tmp_path / "named" / "downloads").exists()
    assert not (tmp_path / "berth-data").exists()
    run("import", "--db", "other", "bundle", **here)
    assert (tmp_path / "other" / "vulndb.sqlite").exists(), "--db counts before the environment"
    run("import", "bundle", BERTH_VULNDB="")
    assert (tmp_path / "berth-data" / "vulndb" / "vulndb.sqlite").exists()


@pytest.fixture
def feeds(tmp_path, publisher):
    file = tmp_path / "feeds.toml"
    file.write_text(f'[[feed]]\nname = "one"\nurl = "{publisher.url}/one"\n\n'
                    f'[[feed]]\nname = "two"\nurl = "{publisher.url}/two"\n')
    return file


def status(vulndb, **options):
    return json.loads(vulndb("status", "--format", "json", **options))


def test_update_takes_only_what_changed(vulndb, publisher, feeds):
    publisher.files = {"/one": (record("A-1", "1.0.0").encode(), '"1"'),
                       "/two": (gzip.compress(record("A-2", "1.0.0").encode()), '"1"')}
    vulndb("update", "--feeds", feeds)
    assert [feed["records"] for feed in status(vulndb)["feeds"]] == [1, 1]
    first = status(vulndb)["generation"]
    assert "not changed" in vulndb("update", "--feeds", feeds)
    assert status(vulndb)["generation"] == first
    publisher.files["/one"] = ((record("A-1", "1.0.0") + record("A-3", "2.0.0")).encode(), '"2"')
    vulndb("update", "--feeds", feeds)
    assert [feed["records"] for feed in status(vulndb)["feeds"]] == [2, 1]
    assert status(vulndb)["generation"] != first


def test_a_feed_without_one_usable_record_takes_no_good_ones_place(vulndb, publisher, feeds, tmp_path):
    bad = b'{"id":"X-1","affected":"oops","modified":"2024-01-01T00:00:00Z"}'
    publisher.files = {"/one": (b"".join(record(f"A-{n}", "1.0.0").encode() for n in range(5)), '"1"')}
    vulndb("update", "--feeds", feeds, "--only", "one")
    good = status(vulndb)["generation"]
    (tmp_path / "one.json").write_bytes(bad)
    assert "X-1: a list that is none" in vulndb("import", tmp_path / "one.json", fails=True)
    publisher.files["/one"] = (bad, '"2"')
    assert "X-1: a list that is none" in vulndb("update", "--feeds", feeds, "--only", "one", fails=True)
    assert status(vulndb)["generation"] == good
    assert "X-1" in failures(vulndb)["one"]["reason"]
    # One that merely lost most of itself is taken, and told.
    publisher.files["/one"] = (record("A-1", "1.0.0").encode(), '"3"')
    assert "one held 5 records and now holds 1" in vulndb("update", "--feeds", feeds, "--only", "one")


def test_update_goes_on_where_it_broke_off(vulndb, publisher, feeds):
    long = "".join(record(f"A-{number}", "1.0.0") for number in range(3000)).encode()
    publisher.files = {"/one": (long, '"1"')}
    publisher.break_off = 100_000
    vulndb("update", "--feeds", feeds, "--only", "one", fails=True)
    vulndb("update", "--feeds", feeds, "--only", "one")
    assert publisher.requests[-1][1]["Range"].startswith("bytes=")
    assert status(vulndb)["feeds"][0]["records"] == 3000


def test_a_feed_that_is_gone_does_not_hold_up_the_others(vulndb, publisher, feeds):
    publisher.files = {"/two": (record("A-2", "1.0.0").encode(), '"1"')}
    assert "one" in vulndb("update", "--feeds", feeds, fails=True)
    assert [feed["name"] for feed in status(vulndb)["feeds"]] == ["two"]


def failures(vulndb, **options):
    return {failure["feed"]: failure for failure in status(vulndb, **options)["failures"]}


def test_a_feed_that_cannot_be_read_does_not_hold_up_the_others_and_is_told(vulndb, publisher, feeds):
    publisher.files = {"/one": (b"<html>moved</html>", '"1"'), "/two": (record("A-2", "1.0.0").encode(), '"1"')}
    assert "one" in vulndb("update", "--feeds", feeds, fails=True)
    assert [feed["name"] for feed in status(vulndb)["feeds"]] == ["two"]
    assert "not a feed" in failures(vulndb)["one"]["reason"]
    assert failures(vulndb)["one"]["at"].endswith("Z")
    assert "not a feed" in vulndb("status")

    assert "not a feed" in vulndb("update", "--feeds", feeds, fails=True), "tried again, though it did not change"
    publisher.files["/one"] = (record("A-1", "1.0.0").encode(), '"2"')
    vulndb("update", "--feeds", feeds)
    assert [feed["name"] for feed in status(vulndb)["feeds"]] == ["one", "two"]
    assert failures(vulndb) == {}


def test_a_feed_that_breaks_later_stays_as_it_was(vulndb, publisher, feeds):
    publisher.files = {"/one": (record("A-1", "1.0.0").encode(), '"1"'), "/two": (record("A-2", "1.0.0").encode(), '"1"')}
    vulndb("update", "--feeds", feeds)
    publisher.files["/one"] = (b"<html>moved</html>", '"2"')
    for _ in range(2):
        vulndb("update", "--feeds", feeds, fails=True)
        assert [feed["records"] for feed in status(vulndb)["feeds"]] == [1, 1]
        assert list(failures(vulndb)) == ["one"]


def test_a_feed_that_is_gone_is_told(vulndb, publisher, feeds):
    vulndb("update", "--feeds", feeds, fails=True)
    assert "404" in vulndb("status", fails=True), "without any database too"
    publisher.files = {f"/{name}": (record("A-2", "1.0.0").encode(), '"1"') for name in ("one", "two")}
    vulndb("update", "--feeds", feeds)
    assert failures(vulndb) == {}


def test_an_import_that_failed_is_tried_again_without_a_new_download(vulndb, publisher, feeds, tmp_path):
    publisher.files = {"/one": (record("A-1", "1.0.0").encode(), '"1"'), "/two": (record("A-2", "1.0.0").encode(), '"1"')}
    vulndb("update", "--feeds", feeds)
    publisher.files["/one"] = ((record("A-1", "1.0.0") + record("A-3", "2.0.0")).encode(), '"2"')
    with open(tmp_path / "db/vulndb.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        vulndb("update", "--feeds", feeds, fails=True)
    assert "another import" in failures(vulndb)["one"]["reason"]
    assert list(failures(vulndb)) == ["one"], "the other one is up to date"
    vulndb("update", "--feeds", feeds)
    assert publisher.requests[-2][1]["If-None-Match"] == '"2"'
    assert [feed["records"] for feed in status(vulndb)["feeds"]] == [2, 1]
    assert failures(vulndb) == {}


def test_an_import_that_was_killed_is_done_by_the_next_update(vulndb, publisher, feeds, tmp_path):
    publisher.files = {"/one": (record("A-1", "1.0.0").encode(), '"1"'), "/two": (record("A-2", "1.0.0").encode(), '"1"')}
    vulndb("update", "--feeds", feeds)
    many = "".join(record(f"A-{number}", "1.0.0") for number in range(100_000)).encode()
    publisher.files["/one"] = (many, '"2"')
    killed = subprocess.Popen([BERTH, "vulndb", "update", "--db", tmp_path / "db", "--feeds", feeds])
    assert eventually((tmp_path / "db/vulndb.sqlite.new").exists)
    killed.kill()
    killed.wait()
    assert [feed["records"] for feed in status(vulndb)["feeds"]] == [1, 1], "killed too late"
    assert "not come to an end" in failures(vulndb)["one"]["reason"]
    vulndb("update", "--feeds", feeds)
    assert [feed["records"] for feed in status(vulndb)["feeds"]] == [100_000, 1]
    assert failures(vulndb) == {}


def test_a_bundle_goes_to_a_machine_without_a_network(vulndb, tmp_path):
    feed = tmp_path / "npm.jsonl"
    feed.write_text(record("A-1", "1.0.0"))
    vulndb("import", feed)
    vulndb("export", tmp_path / "bundle.zst")
    vulndb("import", tmp_path / "bundle.zst", db="elsewhere")
    assert status(vulndb, db="elsewhere")["generation"] == status(vulndb)["generation"]


def test_a_bad_file_is_named_and_changes_nothing(vulndb, tmp_path):
    feed = tmp_path / "npm.jsonl"
    feed.write_text(record("A-1", "1.0.0"))
    vulndb("import", feed)
    before = status(vulndb)
    feed.write_text("<html>moved</html>")
    assert str(feed) in vulndb("import", feed, fails=True)
    assert status(vulndb) == before


def test_the_public_list_is_a_feed_list(vulndb, tmp_path, publisher):
    done = subprocess.run([BERTH, "vulndb", "update", "--list"], capture_output=True, text=True, check=True)
    file = tmp_path / "feeds.toml"
    file.write_text(done.stdout)
    assert "no feed is called" in vulndb("update", "--feeds", file, "--only", "nothing", fails=True)
    assert "https://security-tracker.debian.org/tracker/data/json" in done.stdout


def updateinfo(*versions):
    """Amazon's form: an erratum for each fixed version of one package."""
    updates = "".join(
        f'<update type="security" from="security"><id>ALAS2023-2024-{number:03}</id><title>t</title>'
        f'<issued date="2024-01-01 00:00:00"/><updated date="2024-01-01 00:00:00"/><severity>important</severity>'
        f'<references><reference type="cve" id="CVE-2024-{number}" href=""/></references><pkglist><collection>'
        f'<package name="curl" arch="x86_64" epoch="0" version="{version}" release="1.amzn2023"/>'
        f'</collection></pkglist></update>' for number, version in enumerate(versions))
    return gzip.compress(f"<updates>{updates}</updates>".encode(), mtime=0)


class Repository:
    """An RPM repository at a publisher, with as many mirrors as one likes."""

    def __init__(self, publisher, *mirrors):
        self.publisher, self.mirrors = publisher, mirrors
        addresses = "".join(f"{publisher.url}/{mirror}/\n" for mirror in mirrors)
        publisher.files["/core/mirror.list"] = (f"# latest\n{addresses}".encode(), '"list"')

    def publish(self, mirror, data, digest=None):
        digest = digest or hashlib.sha256(data).hexdigest()
        index = (f'<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="updateinfo">'
                 f'<checksum type="sha256">{digest}</checksum>'
                 f'<location href="repodata/{digest[:8]}-updateinfo.xml.gz"/></data></repomd>').encode()
        self.publisher.files[f"/{mirror}/repodata/repomd.xml"] = (index, f'"index {digest}"')
        self.publisher.files[f"/{mirror}/repodata/{digest[:8]}-updateinfo.xml.gz"] = (data, f'"{digest}"')

    def downloads(self):
        return [path for path, _ in self.publisher.requests if "updateinfo" in path]


@pytest.fixture
def amazon(tmp_path, publisher):
    file = tmp_path / "amazon.toml"
    file.write_text(f'[[feed]]\nname = "amazon"\nurl = "{publisher.url}/core/mirror.list"\n')
    return file


def test_a_list_of_mirrors_leads_to_updateinfo(vulndb, publisher, amazon):
    repository = Repository(publisher, "one")
    repository.publish("one", updateinfo("8.0", "8.1"))
    vulndb("update", "--feeds", amazon)
    assert [(feed["kind"], feed["records"]) for feed in status(vulndb)["feeds"]] == [("updateinfo", 2)]
    assert "not changed" in vulndb("update", "--feeds", amazon)
    assert len(repository.downloads()) == 1
    repository.publish("one", updateinfo("8.0", "8.1", "8.2"))
    vulndb("update", "--feeds", amazon)
    assert status(vulndb)["feeds"][0]["records"] == 3
    assert len(repository.downloads()) == 2


def test_an_index_leads_to_updateinfo(vulndb, publisher, tmp_path):
    Repository(publisher).publish("one", updateinfo("8.0"))
    file = tmp_path / "index.toml"
    file.write_text(f'[[feed]]\nname = "amazon"\nurl = "{publisher.url}/one/repodata/repomd.xml"\n')
    vulndb("update", "--feeds", file)
    assert status(vulndb)["feeds"][0]["records"] == 1


def test_a_mirror_that_is_gone_is_passed_over(vulndb, publisher, amazon):
    repository = Repository(publisher, "gone", "false", "two")
    repository.publish("false", updateinfo("7.0"), digest="0" * 64)
    repository.publish("two", updateinfo("8.0", "8.1"))
    vulndb("update", "--feeds", amazon)
    assert status(vulndb)["feeds"][0]["records"] == 2


def test_updateinfo_that_is_not_what_the_index_says_is_not_taken(vulndb, publisher, amazon):
    repository = Repository(publisher, "one")
    repository.publish("one", updateinfo("8.0"))
    vulndb("update", "--feeds", amazon)
    repository.publish("one", updateinfo("8.0", "8.1"), digest="0" * 64)
    assert "SHA-256" in vulndb("update", "--feeds", amazon, fails=True)
    assert status(vulndb)["feeds"][0]["records"] == 1
    repository.publish("one", updateinfo("8.0", "8.1"))
    vulndb("update", "--feeds", amazon)
    assert status(vulndb)["feeds"][0]["records"] == 2


def test_updateinfo_goes_on_where_it_broke_off(vulndb, publisher, amazon):
    repository = Repository(publisher, "one")
    data = updateinfo(*(f"8.{secrets.token_hex(8)}" for _ in range(3000)))
    repository.publish("one", data)
    publisher.break_off = len(data) // 2
    vulndb("update", "--feeds", amazon, fails=True)
    vulndb("update", "--feeds", amazon)
    assert publisher.requests[-1][1]["Range"] == f"bytes={len(data) // 2}-"
    assert status(vulndb)["feeds"][0]["records"] == 3000


def test_a_server_that_is_stopped_ends_its_update(servers, publisher, feeds):
    long = "".join(record(f"A-{number}", "1.0.0") for number in range(3000)).encode()
    publisher.files = {"/one": (long, '"1"'), "/two": (record("A-2", "1.0.0").encode(), '"1"')}
    publisher.hold = 100_000
    config = {"scanner": {"update_interval": "1h", "update_feeds": str(feeds), "database_poll": "100ms"},
              "jobs": {"poll_interval": "100ms"}}
    server = servers.start(config=config)
    part = server.data / "vulndb/downloads/one.part"
    assert eventually(lambda: part.exists() and part.stat().st_size == 100_000)
    server.terminate(seconds=5)
    assert part.stat().st_size == 100_000

    server.start()
    assert eventually(lambda: (server.data / "vulndb/vulndb.sqlite").exists())
    again = [headers for path, headers in publisher.requests if path == "/one"][-1]
    assert again["Range"] == "bytes=100000-"
