"""A throwaway certificate authority and one certificate of it."""
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAMES = ("localhost", "api.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.amazonaws.com", "*.dkr.ecr.us-east-1.berth.test")


@dataclass(frozen=True)
class Tls:
    authority: Path
    certificate: Path
    key: Path


def make(folder):
    folder = Path(folder)

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Throwaway test authority", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    names = ",".join(f"DNS:{name}" for name in NAMES)
    (folder / "extensions").write_text(f"subjectAltName={names},IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-out", "server.pem", "-extfile", "extensions")
    return Tls(folder / "ca.pem", folder / "server.pem", folder / "server.key")
