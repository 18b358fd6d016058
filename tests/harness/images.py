"""Real images: a Debian root file system, as an OCI layout on disk, and small ones made here."""
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

from harness.oci import CONFIG, DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST, INDEX, LAYER, MANIFEST, digest_of, encode

CACHE = Path(os.environ.get("BERTH_CACHE", ".cache"))


class Layout:
    """An OCI image layout folder; blobs by digest, and the digest of each named entry."""

    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.entries = []

    @staticmethod
    def path_in(folder, digest):
        return Path(folder) / "blobs" / Path(*digest.split(":"))

    def path(self, digest):
        return self.path_in(self.folder, digest)

    def read(self, digest):
        return self.path(digest).read_bytes()

    def add(self, data, media_type, **more):
        digest = digest_of(data)
        self.path(digest).write_bytes(data)
        return {"mediaType": media_type, "digest": digest, "size": len(data), **more}

    def name(self, descriptor, tag):
        self.entries.append({**descriptor, "annotations": {"org.opencontainers.image.ref.name": tag}})
        (self.folder / "index.json").write_bytes(
            encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.entries}))
        return descriptor["digest"]


def tar_gz(files, compresslevel=6):
    """A reproducible layer: (gzip bytes, digest of the tar inside)."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(inner.getvalue(), compresslevel, mtime=0), digest_of(inner.getvalue())


def config_of(architecture, *diff_ids):
    return encode({"architecture": architecture, "os": "linux", "config": {"Cmd": ["/bin/sh"]},
                   "rootfs": {"type": "layers", "diff_ids": list(diff_ids)},
                   "history": [{"created_by": "test"} for _ in diff_ids]})


def add_image(layout, architecture, layers, *, docker=False):
    """layers: (gzip bytes, diff id) pairs; the manifest's descriptor, with its platform."""
    config_type, layer_type, type_ = ((DOCKER_CONFIG, DOCKER_LAYER, DOCKER_MANIFEST) if docker else
                                      (CONFIG, LAYER, MANIFEST))
    config = layout.add(config_of(architecture, *(diff for _, diff in layers)), config_type)
    manifest = encode({"schemaVersion": 2, "mediaType": type_, "config": config,
                       "layers": [layout.add(data, layer_type) for data, _ in layers]})
    return layout.add(manifest, type_, platform={"architecture": architecture, "os": "linux"})


def mirror():
    """Where this machine's packages come from, its security suite apart."""
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"],
                          capture_output=True, text=True, check=True)
    return next(site for site in done.stdout.split() if not site.rstrip("/").endswith("-security"))


def debian_rootfs():
    """A Debian root file system as a gzipped tar, made once by mmdebstrap: (bytes, diff id)."""
    return packed_rootfs("debian-bookworm-minbase", "bookworm")


def outdated_rootfs():
    """Debian 11 as it was released last, without its security suite, and with more to find: (bytes, diff id)."""
    return packed_rootfs("debian-bullseye-outdated", "--include=openssl,curl,python3-minimal", "bullseye",
                         sources=lambda: [f"deb {mirror()} bullseye main"])


def outdated_image(folder):
    """(an OCI layout with the outdated root file system as `outdated`, its dpkg database unpacked)"""
    rootfs = outdated_rootfs()
    layout = Layout(Path(folder) / "layout")
    layout.name(add_image(layout, "amd64", [rootfs]), "outdated")
    root = Path(folder) / "root"
    with tarfile.open(fileobj=io.BytesIO(rootfs[0]), mode="r:gz") as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            if path.startswith("var/lib/dpkg/") and member.isfile():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(tar.extractfile(member).read())
    return layout.folder, root


def packed_rootfs(name, *arguments, sources=lambda: []):
    packed = CACHE / "images" / f"{name}.tar.gz"
    if not packed.exists():
        packed.parent.mkdir(parents=True, exist_ok=True)
        unpacked = packed.with_suffix(".tmp.tar")
        mode = "root" if os.geteuid() == 0 else "unshare"
        made = subprocess.run(["mmdebstrap", "--variant=minbase", f"--mode={mode}", "--quiet", *arguments,
                               str(unpacked), *sources()], capture_output=True, text=True)
        assert made.returncode == 0, f"mmdebstrap failed:\n{made.stderr[-3000:]}"
        temporary = packed.with_suffix(".tmp.gz")
        with open(unpacked, "rb") as source, gzip.GzipFile(temporary, "wb", 6, mtime=0) as sink:
            while piece := source.read(1 << 20):
                sink.write(piece)
        packed.with_suffix(".diff-id").write_text("sha256:" + _sha256_of_file(unpacked))
        unpacked.unlink()
        temporary.rename(packed)
    return packed.read_bytes(), packed.with_suffix(".diff-id").read_text()


def _sha256_of_file(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class RealImages:
    """The images every client pushes and pulls, each as a layout of its own: debian, debian-docker and multi."""

    NAMES = ("debian", "debian-docker", "multi")

    def __init__(self, folder):
        rootfs = debian_rootfs()
        extra = tar_gz({"etc/motd": b"Berth test image\n"})
        small = tar_gz({"bin/hello": b"another machine's program\n" * 1000})
        self.layouts = {name: Layout(Path(folder) / name) for name in self.NAMES}
        self.digests = {}

        def keep(name, descriptor):
            self.digests[name] = self.layouts[name].name(descriptor, name)

        keep("debian", add_image(self.layouts["debian"], "amd64", [rootfs, extra]))
        keep("debian-docker", add_image(self.layouts["debian-docker"], "amd64", [rootfs, extra], docker=True))
        multi = self.layouts["multi"]
        children = [add_image(multi, "amd64", [rootfs, extra]), add_image(multi, "arm64", [small, extra])]
        index = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": children})
        keep("multi", multi.add(index, INDEX))

    def contents(self, name):
        """Every (digest, bytes) the image is made of, manifests first."""
        layout, found, queue = self.layouts[name], {}, [self.digests[name]]
        while queue:
            digest = queue.pop(0)
            document = json.loads(found.setdefault(digest, layout.read(digest)))
            queue += [d["digest"] for d in document.get("manifests", [])]
            for blob in [document["config"], *document["layers"]] if "layers" in document else []:
                found[blob["digest"]] = layout.read(blob["digest"])
        return found

    def manifests(self, name):
        return {digest for digest, data in self.contents(name).items() if data.startswith(b'{"schemaVersion"')}
