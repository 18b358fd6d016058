"""Hostile HTTP on raw sockets: every connection gets a right answer or is closed, and the server goes on."""
import contextlib
import json
import re
import socket
import time

import pytest

from harness import ecr
from harness.oci import Oci, digest_of
from harness.server import PATIENCE

SHORT = {"limits": {"header_timeout": "1s", "idle_timeout": "2s", "stall_timeout": "2s", "header_bytes": 16384,
                    "connections": 40, "uploads_per_repository": 5}}


@pytest.fixture(scope="module")
def server(module_servers):
    return module_servers.start(config=SHORT)


@pytest.fixture(autouse=True)
def goes_on(server):
    yield
    assert Oci(server.url).request("GET", "/healthz").status_code == 200


@contextlib.contextmanager
def connection(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30 * PATIENCE) as s:
        yield s


def all_of(s):
    """Everything until the other side closes."""
    pieces = []
    with contextlib.suppress(ConnectionResetError):
        while piece := s.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def talk(server, data):
    with connection(server) as s:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        return all_of(s)


def statuses(raw):
    return [int(code) for code in re.findall(rb"HTTP/1\.[01] (\d{3}) ", raw)]


def request(server, head, body=b"", authorised=None):
    lines = head.split("\n") + [f"Host: {server.host}"]
    if authorised:
        lines.append(authorised)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture(scope="module")
def basic(server, token):
    import base64
    return "Authorization: Basic " + base64.b64encode(f"AWS:{token}".encode()).decode()


@pytest.mark.parametrize("raw, expected", [
    (b"GARBAGE\r\n\r\n", (400,)), (b"GET / HTTP/9.9\r\n\r\n", (400, 505)), (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", (400,)),
    (b"GET /v2/\r\n\r\n", (400,)), (b"GET /v2/ HTTP/1.1\r\nNo colon\r\n\r\n", (400,)),
    (b"GET /v2/ HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", (400,)), (b"GET /v2/ HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n", (400, 401)),
    (b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404)), (b"\r\n" * 5000, (400, 431)), (b"G" * 100_000, (400, 414, 431)),
    (b"GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", (400,)),
    (b"GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", (400,)),
    (b"GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", (400, 413)),
    (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", (400,)),
    (b"GET /v2/ HTTP/1.1\r\nHost: a\r\nAuthorization: Basic a\r\nAuthorization: Basic b\r\n\r\n", (400,)),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", (400, 501)),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", (400,)),
    (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", (400, 413)),
])
def test_malformed_requests(server, raw, expected):
    answer = statuses(talk(server, raw))
    assert not answer or answer[0] in expected, answer
    assert len(answer) <= 1


def test_header_too_large(server, basic):
    raw = request(server, "GET /v2/ HTTP/1.1\nX-Big: " + "x" * 20_000, authorised=basic)
    assert statuses(talk(server, raw)) == [431]
    many = "\n".join(f"X-{n}: y" for n in range(3000))
    assert statuses(talk(server, request(server, "GET /v2/ HTTP/1.1\n" + many))) == [431]


@pytest.mark.parametrize("line, status", [
    ("Content-Length: 1\nContent-Length: 2", 400), ("Transfer-Encoding: gzip", 501), ("Expect: the-unexpected", 417),
    ("X-Big: " + "x" * 20_000, 431)])
def test_refusals_below_the_protocols_speak_their_form(server, line, status):
    """A client that shows errors of its protocol has one to show, whatever the request died of."""
    def body_of(target):
        head, _, body = talk(server, request(server, f"POST {target} HTTP/1.1\n{line}")).partition(b"\r\n\r\n")
        assert statuses(head) == [status]
        return head.lower(), body
    head, body = body_of("/v2/a/b/blobs/uploads/")
    assert b"content-type: application/json" in head
    (error,) = json.loads(body)["errors"]
    assert error["code"] and error["message"].endswith(".")
    head, body = body_of("/")
    assert b"content-type: application/x-amz-json-1.1" in head and b"x-amzn-requestid: " in head
    assert json.loads(body)["__type"].endswith("Exception") and json.loads(body)["message"]
    head, body = body_of("/healthz")
    assert b"text/plain" in head and body


def test_advice_about_the_scheme_only_where_it_may_help(server):
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"
    broken = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    for raw, helps in ((hello, True), (broken, False), (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", False)):
        answer = talk(server, raw)
        assert statuses(answer) == [400] and (b"scheme" in answer) == helps, answer


def test_plain_http_on_a_port_with_tls(servers, throwaway_tls):
    secure = servers.start(tls=throwaway_tls)
    answer = talk(secure, b"GET /v2/ HTTP/1.1\r\nHost: a\r\n\r\n")
    assert statuses(answer) == [400] and b"HTTP request to an HTTPS server" in answer


def test_a_client_that_sends_all_before_it_reads(server, basic, oci, repository):
    """It gets the refusal of what is much too large, not a broken pipe."""
    size = 20_000_000
    head = f"PUT /v2/{repository}/manifests/v1 HTTP/1.1\nContent-Length: {size}"
    with connection(server) as s:
        s.sendall(request(server, head, authorised=basic))
        s.sendall(b" " * size)
        answer = all_of(s)
    assert statuses(answer) == [413] and b"SIZE_INVALID" in answer


def test_smuggling(server, basic):
    """Two lengths: nobody may read the second request out of the first one's body."""
    inner = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    for lengths in ("Content-Length: 4\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\nContent-Length: 4",
                    "Transfer-Encoding: chunked, identity", "Transfer-Encoding: xchunked",
                    "Transfer-Encoding: chunked\nTransfer-Encoding: identity", "Transfer-Encoding : chunked",
                    "Content-Length: +4", "Content-Length: 4, 4", "Content-Length: 4 4"):
        raw = talk(server, request(server, f"POST / HTTP/1.1\n{lengths}", b"0\r\n\r\n" + inner, basic))
        assert b"# TYPE" not in raw, lengths
        assert statuses(raw)[:1] in ([400], [501], []), (lengths, statuses(raw))


def test_pipelined_requests_are_answered_in_order(server, basic):
    raw = request(server, "GET /healthz HTTP/1.1") + request(server, "GET /v2/ HTTP/1.1") + \
        request(server, "GET /v2/ HTTP/1.1\nConnection: close", authorised=basic)
    assert statuses(talk(server, raw)) == [200, 401, 200]


def test_body_of_an_unauthorised_push_is_not_swallowed(server):
    """A refusal comes before the body; the rest of a big body is not read for ever."""
    with connection(server) as s:
        s.sendall(request(server, "POST /v2/a/b/blobs/uploads/ HTTP/1.1\nContent-Length: 10000000000"))
        assert statuses(s.recv(65536)) == [401]


def test_expect_continue(server, oci, basic, repository):
    location = oci.begin_at(repository)
    with connection(server) as s:
        s.sendall(request(server, f"PATCH {location} HTTP/1.1\nExpect: 100-continue\nContent-Length: 4", authorised=basic))
        assert statuses(s.recv(65536)) == [100]
        s.sendall(b"data")
        assert statuses(s.recv(65536)) == [202]


def test_slow_header(server):
    with connection(server) as s:
        s.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while time.monotonic() - started < 8 * PATIENCE:
                s.settimeout(0.3)
                with contextlib.suppress(TimeoutError):
                    answer = s.recv(4096)
                    assert statuses(answer) in ([408], [])
                    break
                s.sendall(b"X: y\r\n")     # drips, so that the connection is never idle
        assert time.monotonic() - started < 6 * PATIENCE


def test_stalled_body(server, oci, basic, repository):
    """What came before the stall stays; the upload can be resumed."""
    location = oci.begin_at(repository)
    with connection(server) as s:
        s.sendall(request(server, f"PATCH {location} HTTP/1.1\nContent-Length: 1000000", b"x" * 1000, basic))
        started = time.monotonic()
        assert statuses(all_of(s)) in ([408], [])
        assert time.monotonic() - started < 8 * PATIENCE
    received = oci.request("GET", location).headers["Range"]
    assert received in ("0-999", "0-0", "0--1")
    first = int(received.split("-")[1]) + 1 if received == "0-999" else 0
    assert oci.patch(location, b"x" * (2000 - first), first=first).status_code == 202
    assert oci.finish(location, digest_of(b"x" * 2000)).status_code == 201


def test_idle_connection_is_closed(server):
    with connection(server) as s:
        s.sendall(request(server, "GET /healthz HTTP/1.1"))
        assert statuses(s.recv(65536)) == [200]
        started = time.monotonic()
        assert all_of(s) == b""
        assert 1 < time.monotonic() - started < 10 * PATIENCE


def test_body_shorter_than_announced(server, oci, basic, repository):
    location = oci.begin_at(repository)
    separator = "&" if "?" in location else "?"
    target = f"{location}{separator}digest={digest_of(b'whole')}"
    raw = talk(server, request(server, f"PUT {target} HTTP/1.1\nContent-Length: 50", b"whole", basic))
    assert statuses(raw) in ([400], [408], [])
    assert oci.head_blob(repository, digest_of(b"whole")).status_code == 404


def test_reader_that_never_reads(server, oci, basic, repository):
    """Clients that ask for much and take nothing are dropped."""
    digest = oci.push_blob(repository, b"z" * 30_000_000)
    with connection(server) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(request(server, f"GET /v2/{repository}/blobs/{digest} HTTP/1.1", authorised=basic))
        before, deadline = server.open_files(), time.monotonic() + 15 * PATIENCE
        while server.open_files() >= before and time.monotonic() < deadline:
            time.sleep(0.1)
        assert server.open_files() < before


def test_too_many_connections(server):
    """Over the limit: 503 or closed; and the places come back."""
    held = []
    try:
        refused = 0
        for _ in range(60):
            s = socket.create_connection(("127.0.0.1", server.port), timeout=5 * PATIENCE)
            held.append(s)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                s.sendall(request(server, "GET /healthz HTTP/1.1"))
                if statuses(s.recv(65536)) != [200]:
                    refused += 1
        assert refused >= 15
    finally:
        for s in held:
            s.close()
    from harness.eventually import eventually

    def served():
        with contextlib.suppress(OSError):
            return Oci(server.url).request("GET", "/healthz").status_code == 200
    assert eventually(served)


def test_too_many_uploads(oci, repository):
    answers = [oci.begin(repository) for _ in range(8)]
    assert [a.status_code for a in answers] == [202] * 5 + [429] * 3
    assert answers[-1].json()["errors"][0]["code"] == "TOOMANYREQUESTS"
    oci.request("DELETE", answers[0].headers["Location"])
    assert oci.begin(repository).status_code == 202


def test_odd_paths(oci, repository):
    for path in ("/v2", "/v2//", "/v2/../etc/passwd", "/v2/%2e%2e/%2e%2e/etc/passwd", "//v2/", "/v2/a%00b/tags/list",
                 "/v2/" + "a/" * 3000 + "tags/list", f"/v2/{repository}/", f"/v2/{repository}/blobs", "/v2/%zz/tags/list",
                 f"/v2/{repository}/manifests/", f"/v2/{repository}/nothing/x", "/v2/_catalog/x", "/%"):
        answer = oci.request("GET", path)
        assert 200 <= answer.status_code < 500, path
    for method in ("PROPFIND", "TRACE", "OPTIONS", "CONNECT", "FOO"):
        answer = oci.request(method, f"/v2/{repository}/tags/list")
        assert 400 <= answer.status_code < 500 or (method == "OPTIONS" and answer.status_code < 300), method


def test_big_api_body(server):
    """Far over what any operation takes: refused while it comes, not after."""
    answer = ecr.call_raw(server, "DescribeRepositories", b'{"x":"' + b"a" * 60_000_000 + b'"}')
    assert answer.status_code in (400, 413)
    assert server.peak_bytes() < 300_000_000
