"""A Berth server as a child process: a data folder of its own, a free port, a log that is looked at afterwards."""
import configparser
import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

BINARY = os.path.abspath(os.environ.get("BERTH_BINARY", "build/release/berth"))  # tests work in folders of their own
# Sanitizer builds start and answer several times slower.
PATIENCE = 6 if os.environ.get("BERTH_SLOW_BUILD") else 1
# A line of the server's log of level error, in either of its formats.
ERROR_LINE = re.compile(r'^\S+Z (error|critical) |"level":"(error|critical)"', re.MULTILINE)
# Nothing of the user's own AWS or proxy settings may reach a server or a client.
CLEAN_ENVIRONMENT = {k: os.environ[k] for k in ("PATH", "LANG", "TMPDIR", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")
                     if k in os.environ}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def toml(config):
    """The text of a two-level dictionary: section -> key -> value."""
    def value(v):
        if isinstance(v, bool):
            return "true" if v else "false"
        return str(v) if isinstance(v, int) else '"' + v.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "".join(f"[{section}]\n" + "".join(f"{k} = {value(v)}\n" for k, v in keys.items())
                   for section, keys in config.items())


class Server:
    """Not thread-safe itself, but many clients may talk to it. stop() judges how it went; kill() does not."""

    def __init__(self, folder, *, config=None, tls=None, account=None, region=None, environment=None, data=None,
                 port=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = Path(data) if data else self.folder / "data"
        self.log_path = self.folder / "server.log"
        self.port = port or free_port()
        self.tls = tls
        self.account = account or "000000000000"
        self.region = region or "us-east-1"
        self.environment = environment or {}
        self.arguments = ["--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        self.config_path = None
        if config:
            self.configure(config)
        if account:
            self.arguments += ["--account", account]
        if region:
            self.arguments += ["--region", region]
        if tls:
            self.arguments += ["--tls-cert", str(tls.certificate), "--tls-key", str(tls.key)]
        self.process = None
        self.secrets = set()
        self.errors_allowed = False

    def configure(self, config):
        """For the next start."""
        if not self.config_path:
            self.config_path = self.folder / "berth.toml"
            self.arguments += ["--config", str(self.config_path)]
        self.config_path.write_text(toml(config))

    @property
    def host(self):
        return f"localhost:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.host}"

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BINARY, "serve", *self.arguments], stdout=log, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL, env=CLEAN_ENVIRONMENT | self.environment)
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self, seconds=10):
        deadline = time.monotonic() + seconds * PATIENCE
        context = ssl.create_default_context(cafile=self.tls.authority) if self.tls else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                             urllib.request.HTTPSHandler(context=context))
        while True:
            if self.process.poll() is not None:
                raise AssertionError(f"the server exited with {self.process.returncode} at its start:\n{self.log_tail()}")
            with contextlib.suppress(OSError, urllib.error.URLError):
                with opener.open(self.url + "/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            if time.monotonic() > deadline:
                raise AssertionError(f"the server is not ready after {seconds} s:\n{self.log_tail()}")
            time.sleep(0.005)

    def key(self):
        """The root access key: (id, secret)."""
        if "BERTH_ROOT_ACCESS_KEY_ID" in self.environment:
            pair = self.environment["BERTH_ROOT_ACCESS_KEY_ID"], self.environment["BERTH_ROOT_SECRET_ACCESS_KEY"]
        else:
            parser = configparser.ConfigParser(interpolation=None)
            with open(self.data / "credentials") as file:
                parser.read_file(file)
            pair = parser["default"]["aws_access_key_id"], parser["default"]["aws_secret_access_key"]
        self.secrets.add(pair[1])
        return pair

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def log_tail(self, lines=60):
        return "\n".join(self.log().splitlines()[-lines:])

    def error_lines(self):
        return [line for line in self.log().splitlines() if ERROR_LINE.search(line)]

    def resident_bytes(self):
        """Memory the process holds that is not the page cache's."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return sum(int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M)[1]) for field in ("RssAnon", "RssShmem")) * 1024

    def peak_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)[1]) * 1024

    def open_files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def terminate(self, seconds=20):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server does not stop within {seconds} s of SIGTERM:\n{self.log_tail()}")

    def stop(self):
        """SIGTERM, then what must hold after every test: exit code 0, no error and no secret in the log."""
        code = self.terminate()
        assert code == 0, f"the server exited with {code}:\n{self.log_tail()}"
        text = self.log()
        leaked = [s[:4] + "…" for s in self.secrets if s and s in text]
        assert not leaked, f"the log holds secrets that begin with {leaked}"
        if not self.errors_allowed:
            assert not self.error_lines(), "the log holds errors:\n" + "\n".join(self.error_lines()[:20])

    def restart(self):
        self.stop()
        return self.start()
