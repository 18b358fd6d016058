"""The servers under test: each starts in a fresh folder, answers, and is gone when its turn is over."""
import contextlib
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

from .aws import Ecr
from .paths import BERTH

KEY_ID, SECRET = "AKIABENCHMARKBENCHMK", "benchmark/benchmark/benchmark/benchmark+"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, path, tls):
    """Whether GET path is answered with 200 now."""
    connection = (http.client.HTTPSConnection("127.0.0.1", port, timeout=5, context=ssl._create_unverified_context())
                  if tls else http.client.HTTPConnection("127.0.0.1", port, timeout=5))
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Server:
    """A kind of server; start() makes a running one. `tls` is None or a (certificate, key) pair of paths."""
    name = ""
    ready_path = "/v2/"
    transports = ("plain", "tls")
    is_registry = True

    def __init__(self, binary):
        self.binary = Path(binary)

    def version(self):
        answer = subprocess.run([self.binary, "--version"], capture_output=True, text=True, timeout=30)
        line = (answer.stdout.strip() or answer.stderr.strip()).splitlines()[0]
        return line.removeprefix(f"{self.binary} ")  # where it lies is nobody's business

    def command(self, folder, port, tls):
        raise NotImplementedError

    def environment(self):
        return {}

    def authorize(self, running, repositories):
        """Makes the repositories; returns the value of the Authorization header, or None."""
        return None

    @contextlib.contextmanager
    def running(self, folder, tls=None, repositories=()):
        turn = Running(self, folder, tls)
        try:
            turn.ready_after = turn.wait_until_ready()
            turn.authorization = self.authorize(turn, repositories)
            yield turn
        finally:
            turn.stop()


class Running:
    def __init__(self, server, folder, tls):
        self.server, self.folder, self.tls = server, Path(folder), tls
        self.port, self.authorization, self.ready_after = free_port(), None, None
        self.folder.mkdir(parents=True)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **server.environment()}
        command = [str(part) for part in server.command(self.folder, self.port, tls)]
        self.log = open(self.folder / "log", "wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=subprocess.STDOUT)

    def wait_until_ready(self, patience=60):
        """Returns the seconds from exec to the first 200."""
        while not answers(self.port, self.server.ready_path, self.tls is not None):
            if self.process.poll() is not None or time.monotonic() - self.started > patience:
                tail = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.server.name} did not start:\n{tail}")
            time.sleep(0.001)
        return time.monotonic() - self.started

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Berth(Server):
    """With everything a user has: authentication, authorisation, durable commits."""
    name = "berth"
    ready_path = "/readyz"

    def command(self, folder, port, tls):
        command = [self.binary, "serve", "--data", folder / "data", "--listen", f"127.0.0.1:{port}"]
        return command + (["--tls-cert", tls[0], "--tls-key", tls[1]] if tls else [])

    def environment(self):
        return {"BERTH_ROOT_ACCESS_KEY_ID": KEY_ID, "BERTH_ROOT_SECRET_ACCESS_KEY": SECRET}

    def authorize(self, running, repositories):
        ecr = Ecr(running.port, KEY_ID, SECRET, tls=running.tls is not None)
        for name in repositories:
            ecr.create_repository(name)
        return ecr.basic_token()


class Distribution(Server):
    """CNCF distribution and its ancestor, docker-registry: no authentication, no access log (it costs the smallest
    calls a third), the descriptor cache in memory, as in the configuration of their own packages."""

    def command(self, folder, port, tls):
        certificate = f"  tls:\n    certificate: {tls[0]}\n    key: {tls[1]}\n" if tls else ""
        (folder / "config.yml").write_text(
            f"version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: true\n"
            f"storage:\n  cache:\n    blobdescriptor: inmemory\n  delete:\n    enabled: true\n"
            f"  filesystem:\n    rootdirectory: {folder / 'data'}\n"
            f"http:\n  addr: 127.0.0.1:{port}\n  secret: benchmark\n{certificate}")
        return [self.binary, "serve", folder / "config.yml"]


class DistributionV3(Distribution):
    """Its tracing stays as it comes: measured, a tenth to a fifth cheaper than with OTEL_TRACES_EXPORTER=none."""
    name = "distribution-v3"


class DockerRegistry(Distribution):
    name = "docker-registry"


class Floor(Server):
    """The least any server must do for the benchmark's calls (bench/floor): what the machine leaves to reach."""
    name = "floor"
    transports = ("plain",)
    is_registry = False

    def command(self, folder, port, tls):
        return [self.binary, port, folder / "data"]


class PollingFloor(Floor):
    """Its loops poll for 50 us before they sleep: what a server can gain where a single client leaves its core idle, and
    what that costs in CPU time."""
    name = "floor-polling"

    def command(self, folder, port, tls):
        return [*super().command(folder, port, tls), 50]


def find_servers(names, build_peer, build_floor):
    """The servers of these names that this machine has. `build_peer` fetches distribution v3, if it can."""
    found = {}
    for name in names:
        if name == "berth" and BERTH.exists():
            found[name] = Berth(BERTH)
        elif name == "distribution-v3" and (binary := build_peer()):
            found[name] = DistributionV3(binary)
        elif name == "docker-registry" and (binary := shutil.which("docker-registry", path="/usr/bin:/usr/sbin")):
            found[name] = DockerRegistry(binary)
        elif name in ("floor", "floor-polling"):
            found[name] = (Floor if name == "floor" else PollingFloor)(build_floor())
    return found
