"""The process: readiness, a locked data folder, SIGTERM with work in hand, quick start."""
import contextlib
import signal
import socket
import subprocess
import threading
import time

from harness import ecr
from harness.oci import Oci, digest_of
from harness.server import BINARY, CLEAN_ENVIRONMENT, PATIENCE, free_port


def test_cold_start_is_quick(servers):
    """The goal is 200 ms; a busy machine gets some more."""
    server = servers.start()
    server.stop()
    best = 60.0
    for _ in range(5):
        started = time.monotonic()
        server.start()
        best = min(best, time.monotonic() - started)
        server.stop()
    assert best < 0.2 * PATIENCE, f"{best * 1000:.0f} ms at best"


def test_second_start_on_a_locked_folder(servers):
    server = servers.start()
    second = subprocess.run([BINARY, "serve", "--data", str(server.data), "--listen", f"127.0.0.1:{free_port()}"],
                            capture_output=True, text=True, timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
    assert second.returncode not in (0, -signal.SIGABRT, -signal.SIGSEGV)
    said = second.stdout + second.stderr
    assert str(server.data) in said and ("in use" in said or "another berth" in said), said
    ecr.client(server).create_repository(repositoryName="still/works")


def test_port_in_use(servers, tmp_path):
    server = servers.start()
    second = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "other"), "--listen", f"127.0.0.1:{server.port}"],
                            capture_output=True, text=True, timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
    assert second.returncode > 0
    assert str(server.port) in second.stdout + second.stderr


def test_wrong_configuration_is_explained(tmp_path):
    config = tmp_path / "berth.toml"
    for text in ("[limits]\nno_such_key = 1\n", "[limits]\nheader_timeout = \"soon\"\n", "not toml at all"):
        config.write_text(text)
        ran = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0", "--config",
                              str(config)], capture_output=True, text=True, timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
        assert ran.returncode > 0, text
        assert "berth.toml" in ran.stdout + ran.stderr, (text, ran.stdout + ran.stderr)


def test_wrong_command_line(tmp_path):
    for arguments in (["serve", "--listen", "nonsense", "--data", str(tmp_path)], ["serve", "--data", str(tmp_path), "--account", "12"],
                      ["serve", "--no-such"], ["nothing"]):
        ran = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=20, env=CLEAN_ENVIRONMENT)
        assert ran.returncode > 0 and ran.stdout + ran.stderr, arguments


def slow_push(server, repository, data, started, finish):
    """Sends half a body, reports, and sends the rest when told; the answer's status."""
    client = Oci(server.url, ecr.token(server))
    location = client.begin_at(repository)

    def body():
        yield data[:len(data) // 2]
        started.set()
        finish.wait(20)
        yield data[len(data) // 2:]

    return client.finish(location, digest_of(data), body()).status_code


def test_sigterm_lets_a_push_finish(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="drain/app")
    data, results = b"d" * 3_000_000, []
    started, finish = threading.Event(), threading.Event()
    pusher = threading.Thread(target=lambda: results.append(slow_push(server, "drain/app", data, started, finish)))
    pusher.start()
    assert started.wait(10)
    server.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:      # no new connection is served any more
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=1) as s:
                s.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
                if not s.recv(100).startswith(b"HTTP/1.1 200"):
                    break
        except OSError:
            break
        time.sleep(0.02)
    else:
        raise AssertionError("the server goes on saying that it is ready")
    finish.set()
    pusher.join()
    assert results == [201]
    assert server.process.wait(20) == 0
    server.start()
    assert Oci(server.url, ecr.token(server)).get_blob("drain/app", digest_of(data)).content == data


def test_sigterm_lets_a_pull_finish(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="drain/app")
    client = Oci(server.url, ecr.token(server))
    data = bytes(range(256)) * 160_000
    digest = client.push_blob("drain/app", data)
    answer = client.get_blob("drain/app", digest, stream=True)
    pieces = answer.iter_content(65536)
    received = [next(pieces)]
    server.process.send_signal(signal.SIGTERM)
    received.extend(pieces)  # as quick as a client can: the server waits ten seconds at most
    assert b"".join(received) == data
    assert server.process.wait(20) == 0


def test_sigterm_with_idle_connections(servers):
    server = servers.start()
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(10)]
    for s in held[:5]:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        s.recv(1000)
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 3 * PATIENCE
    for s in held:
        with contextlib.suppress(OSError):
            s.close()


def test_metrics_count(server, oci, repository):
    def requests():
        text = Oci(server.url).request("GET", "/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith("berth_http_requests_total"))
    before = requests()
    oci.push_image(repository, "v1")
    assert requests() > before
