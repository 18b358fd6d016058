"""The real clients: each a program run in an environment that holds nothing of the user's."""
import os
import shutil
import subprocess
from pathlib import Path

from harness.server import CLEAN_ENVIRONMENT

CLIENTS = Path(os.environ.get("BERTH_CLIENTS", "."))
OWN = CLIENTS / "bin"
AWS_V2 = "/usr/bin/aws"
AWS_V1 = str(CLIENTS / "venv" / "bin" / "aws")


class Ran:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr


class Workplace:
    """A home for clients: their logins and caches live in `folder`, the system's settings are not read."""

    def __init__(self, folder, server, **environment):
        self.home = Path(folder)
        self.home.mkdir(parents=True, exist_ok=True)
        self.server = server
        key, secret = server.key()
        self.environment = CLEAN_ENVIRONMENT | {
            "PATH": f"{OWN}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.home),
            "DOCKER_CONFIG": str(self.home / ".docker"), "REGISTRY_AUTH_FILE": str(self.home / "auth.json"),
            "XDG_RUNTIME_DIR": str(self.home), "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_CACHE_HOME": str(self.home / ".cache"), "XDG_DATA_HOME": str(self.home / ".local"),
            "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": server.region,
            "AWS_REGION": server.region, "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1", "AWS_ENDPOINT_URL": server.url, "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }
        if server.tls:
            self.environment |= {"SSL_CERT_FILE": str(server.tls.authority), "AWS_CA_BUNDLE": str(server.tls.authority),
                                 "NODE_EXTRA_CA_CERTS": str(server.tls.authority)}
        self.environment |= environment

    def attempt(self, *command, input=None, timeout=240, cwd=None):
        done = subprocess.run([str(c) for c in command], input=input, capture_output=True, text=True, timeout=timeout,
                              env=self.environment, cwd=cwd or self.home)
        return Ran(done)

    def run(self, *command, **options):
        """Runs and insists on success; what it printed."""
        ran = self.attempt(*command, **options)
        assert ran.code == 0, f"{' '.join(map(str, command))} exited with {ran.code}\n{ran.out}\n{ran.err}"
        return ran.out

    def aws(self, program, *arguments):
        """Debian's v2 is older than AWS_ENDPOINT_URL, so the endpoint is an argument."""
        return self.run(program, "--endpoint-url", self.server.url, *arguments)

    def password(self):
        password = self.aws(AWS_V2, "ecr", "get-login-password").strip()
        self.server.secrets.add(password)
        return password


def find(program):
    """Our own build of a client, else the system's."""
    own = OWN / program
    return str(own) if own.exists() else shutil.which(program)
