"""A Docker engine of the tests' own, and the docker clients of this machine that talk to it."""
import functools
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from harness.clients import Workplace
from harness.server import CLEAN_ENVIRONMENT

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Copying whole layers (vfs) works on every file system, overlays are many times faster.
STORAGE_DRIVERS = ("overlay2", "vfs")


class Unavailable(Exception):
    """Why this machine gives no engine."""


class Engine:
    """dockerd without bridges and firewall rules; all it keeps is below `folder` and gone after stop()."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.socket = self.folder / "docker.sock"
        self.log_path = self.folder / "dockerd.log"
        self.process = None

    @property
    def address(self):
        return f"unix://{self.socket}"

    def start(self):
        program = shutil.which("dockerd", path=SYSTEM_PATH)
        if not program:
            raise Unavailable("no dockerd is installed (Debian's package docker.io has one)")
        if os.geteuid() != 0:
            raise Unavailable("dockerd runs only as root here")
        for driver in STORAGE_DRIVERS:
            if self._start_with(program, driver):
                return self
        last = ([line for line in self.log_path.read_text(errors="replace").splitlines() if line.strip()] or ["nothing"])[-1]
        raise Unavailable(f"dockerd does not come up on this machine; it said last: {last}")

    def _start_with(self, program, driver):
        settings = self.folder / "daemon.json"
        settings.write_text("{}")  # else it reads the machine's own
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                # setpriv: tests that are killed take the engine with them.
                ["setpriv", "--pdeathsig", "TERM", program, f"--config-file={settings}", f"--host={self.address}",
                 f"--storage-driver={driver}", f"--data-root={self.folder / 'data'}",
                 f"--exec-root={self.folder / 'exec'}", f"--pidfile={self.folder / 'dockerd.pid'}",
                 "--iptables=false", "--ip6tables=false", "--bridge=none",
                 # It may join a containerd that runs already; what others keep there must stay apart.
                 "--containerd-namespace=berth-tests", "--containerd-plugins-namespace=berth-tests-plugins"],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=CLEAN_ENVIRONMENT | {"PATH": SYSTEM_PATH, "HOME": str(self.folder)})
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            if "API listen on" in self.log_path.read_text(errors="replace"):
                return True
            time.sleep(0.05)
        self.stop()
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for point in self._mounts():
            subprocess.run(["umount", "--lazy", point], check=False)
        # Whole root file systems: too much to leave in the folders that pytest keeps.
        for name in ("data", "exec"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _mounts(self):
        """Below our folder, the innermost first."""
        points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        return [point for point in reversed(points) if point.startswith(f"{self.folder}/")]


@functools.cache
def clients():
    """The distinct docker clients: version -> program. The system's is first, the one on the user's PATH may be another."""
    found = {}
    for program in ("/usr/bin/docker", shutil.which("docker")):
        if program and os.access(program, os.X_OK):
            said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
            if said.startswith("Docker version "):  # podman may stand in under this name
                found.setdefault(said.split()[2].rstrip(","), program)
    return found


class Docker:
    """One client with a home of its own, talking to the engine."""

    def __init__(self, program, engine, server, folder):
        self.program, self.server = program, server
        self.place = Workplace(folder, server, DOCKER_HOST=engine.address, DOCKER_BUILDKIT="0",
                               DOCKER_CLI_EXPERIMENTAL="enabled")

    def __call__(self, *arguments, **options):
        return self.place.run(self.program, *arguments, **options)

    def attempt(self, *arguments, **options):
        return self.place.attempt(self.program, *arguments, **options)

    def refusal(self, *arguments, **options):
        """What the client says last when it must fail."""
        ran = self.attempt(*arguments, **options)
        assert ran.code != 0, f"docker {' '.join(map(str, arguments))} succeeded\n{ran.out}"
        return ran.err.strip().splitlines()[-1]

    def login(self, password):
        said = self("login", "--username", "AWS", "--password-stdin", self.server.host, input=password)
        assert "Login Succeeded" in said

    def at(self, repository):
        return f"{self.server.host}/{repository}"

    def ref(self, repository, tag="latest"):
        return f"{self.at(repository)}:{tag}"

    def make(self, name, tar, *changes):
        """An image of one layer out of a tar, gzipped or not; its id."""
        return self("import", *(f"--change={change}" for change in changes), tar, name).strip()

    def inspect(self, name):
        return json.loads(self("image", "inspect", name))[0]
