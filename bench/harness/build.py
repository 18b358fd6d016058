"""Builds what the benchmark needs and nobody has installed: load generator, floor, distribution v3 from its source."""
import os
import shutil
import subprocess
import sys
import tempfile

from .paths import BUILD, CACHE, ROOT

DISTRIBUTION = "github.com/distribution/distribution/v3/cmd/registry@v3.0.0"


def load_generator():
    return _built_alone("load") / "bench_load"


def floor():
    return _built_alone("floor") / "bench_floor"


def _built_alone(name):
    """The folder with what bench/NAME builds without the rest of the project."""
    folder = BUILD / name
    if not (folder / "build.ninja").exists():
        _quietly("cmake", "-S", ROOT / "bench" / name, "-B", folder, "-G", "Ninja")
    _quietly("ninja", "-C", folder)
    return folder


def _go():
    """The Go that the tests brought along, else the user's."""
    if chosen := os.environ.get("BERTH_GO"):
        return chosen
    brought = [go for go in (CACHE / "go/pkg/mod/golang.org").glob("toolchain@*/bin/go") if os.access(go, os.X_OK)]
    return str(max(brought)) if brought else shutil.which("go")


def distribution_v3(may_build=True):
    """Its path; None when it is not there and must not or cannot be built."""
    there = CACHE / "peers" / DISTRIBUTION.split("@")[1] / "registry"
    if there.exists() or not may_build:
        return there if there.exists() else None
    go = _go()
    if not go:
        print("bench: no Go (set BERTH_GO, or run ./test once): distribution v3 cannot be built", file=sys.stderr)
        return None
    print(f"bench: building {DISTRIBUTION} (once, some minutes)", file=sys.stderr)
    environment = {**os.environ, "GOPATH": str(CACHE / "go"), "GOCACHE": str(CACHE / "go-build"),
                   "GOFLAGS": "-modcacherw", "GOBIN": str(there.parent), "CGO_ENABLED": "0"}
    CACHE.mkdir(exist_ok=True)
    try:
        _quietly("nice", go, "install", DISTRIBUTION, env=environment, cwd=CACHE)
    except RuntimeError as error:  # too old a Go, no network: the others can still be compared
        print(f"bench: distribution v3 cannot be built: {error}", file=sys.stderr)
        return None
    return there


def certificate():
    """A throwaway ECDSA P-256 certificate, the cheapest kind for every server: (certificate, key)."""
    folder = BUILD / "tls"
    pair = folder / "cert.pem", folder / "key.pem"
    folder.mkdir(parents=True, exist_ok=True)
    _quietly("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", pair[1],
             "-out", pair[0])
    return pair


def _quietly(*command, **options):
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run([str(part) for part in command], stdout=output, stderr=subprocess.STDOUT, **options)
        if done.returncode != 0:
            output.seek(0)
            raise RuntimeError(f"{command[0]} failed:\n{output.read()[-3000:]}")
