"""What a start refuses, what it says, and how signals end a server."""
import signal
import socket
import subprocess
import threading

import pytest

from harness import ecr
from harness.eventually import eventually
from harness.oci import Oci
from harness.server import BINARY, CLEAN_ENVIRONMENT, PATIENCE


def refusal(folder, *arguments):
    """Standard error of a start that is refused with exit code 2."""
    done = subprocess.run([BINARY, "serve", "--data", str(folder), "--listen", "127.0.0.1:0", *arguments],
                          capture_output=True, text=True, timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
    assert done.returncode == 2, done
    return done.stderr


@pytest.mark.parametrize("setting, value, least", [
    ("jobs.poll_interval", "0s", "10ms or more"), ("storage.gc_interval", "0s", "100ms or more"),
    ("lifecycle.interval", "0s", "1s or more"), ("limits.connections", "0", "1 or more"),
    ("limits.header_bytes", "10", "8KiB or more"), ("limits.manifest_depth", "0", "8 or more"),
    ("limits.manifest_bytes", "-1", "write a size")])
def test_settings_that_break_the_server_are_refused(tmp_path, setting, value, least):
    said = refusal(tmp_path / "data", "--set", f"{setting}={value}")
    assert f"{setting} = {value}: " in said and least in said, said
    assert not (tmp_path / "data").exists()


def test_a_lost_master_key_is_not_replaced(servers):
    server = servers.start()
    server.stop()
    key = server.data / "master.key"
    kept = key.read_bytes()
    key.unlink()
    said = refusal(server.data)
    assert f"{key} is missing, restore it from a backup" in said, said
    assert not key.exists()
    key.write_bytes(kept)
    server.start()
    assert ecr.client(server).describe_repositories()["repositories"] == []


def test_hangup_lets_running_requests_finish(servers):
    server = servers.start()
    ecr.client(server).create_repository(repositoryName="stop/hangup")
    client = Oci(server.url, ecr.token(server))
    started, go_on = threading.Event(), threading.Event()

    def body():
        yield b"x" * 100_000
        started.set()
        go_on.wait(10 * PATIENCE)
        yield b"y" * 100_000

    location = client.begin_at("stop/hangup")
    answers = []
    sender = threading.Thread(target=lambda: answers.append(client.request("PATCH", location, data=body())))
    sender.start()
    assert started.wait(10 * PATIENCE)
    server.process.send_signal(signal.SIGHUP)
    go_on.set()
    sender.join()
    assert answers[0].status_code == 202, answers
    assert server.process.wait(20 * PATIENCE) == 0, server.log_tail()


def test_an_address_of_ipv6_is_logged_in_brackets(servers):
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 here")
    server = servers.prepare()
    server.arguments[server.arguments.index("--listen") + 1] = f"[::1]:{server.port}"
    server.start(wait=False)     # the harness asks at 127.0.0.1
    assert eventually(lambda: f"address=[::1]:{server.port} " in server.log(), 10 * PATIENCE), server.log()


def test_tls_files_that_are_none(tmp_path, throwaway_tls):
    def complaint(certificate, key):
        done = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "data"), "--listen", "127.0.0.1:0",
                               "--tls-cert", str(certificate), "--tls-key", str(key)], capture_output=True, text=True,
                              timeout=20 * PATIENCE, env=CLEAN_ENVIRONMENT)
        assert done.returncode != 0
        return done.stderr

    assert "nope.pem: No such file" in complaint(tmp_path / "nope.pem", throwaway_tls.key)
    text = tmp_path / "text.pem"
    text.write_text("hello")
    assert "it holds no PEM certificate" in complaint(text, throwaway_tls.key)
    assert "it holds no PEM private key" in complaint(throwaway_tls.certificate, text)
