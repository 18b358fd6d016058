"""Real clients push and pull real images; what is stored and what comes back is compared byte for byte."""
import shutil

import pytest

from harness import ecr
from harness.clients import Workplace, find
from harness.connect_proxy import ConnectProxy
from harness.images import Layout, RealImages
from harness.oci import Oci


class Skopeo:
    """Uses its own folder format, because its OCI layouts cannot hold Docker manifests."""

    def login(self, place, host):
        place.run("skopeo", "login", "--tls-verify=false", "-u", "AWS", "--password-stdin", host,
                  input=place.password())

    def push(self, place, layout, tag, target):
        source = place.home / f"dir-{tag}"
        _as_folder(layout, source)
        place.run("skopeo", "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", f"dir:{source}",
                  f"docker://{target}")

    def pull(self, place, source, folder, tag):
        place.run("skopeo", "copy", "--all", "--preserve-digests", "--src-tls-verify=false", f"docker://{source}",
                  f"dir:{folder}")

    def read(self, folder, digest):
        hexadecimal = digest.split(":")[1]
        for name in (hexadecimal, f"{hexadecimal}.manifest.json", "manifest.json"):
            if (folder / name).exists():
                return (folder / name).read_bytes()
        return None


def _as_folder(layout, folder):
    folder.mkdir()
    (folder / "version").write_text("Directory Transport Version: 1.1\n")
    top = layout.entries[0]["digest"]
    for path in (layout.folder / "blobs" / "sha256").iterdir():
        if path.name == top.split(":")[1]:
            shutil.copy(path, folder / "manifest.json")
        elif path.read_bytes()[:16].startswith(b'{"schemaVersion"'):
            shutil.copy(path, folder / f"{path.name}.manifest.json")
        else:
            (folder / path.name).hardlink_to(path)


class LayoutClient:
    """Clients that read and write OCI layouts."""

    def read(self, folder, digest):
        path = Layout.path_in(folder, digest)
        return path.read_bytes() if path.exists() else None


class Crane(LayoutClient):
    def login(self, place, host):
        place.run("crane", "auth", "login", host, "-u", "AWS", "--password-stdin", input=place.password())

    def push(self, place, layout, tag, target):
        place.run("crane", "push", layout.folder, target)

    def pull(self, place, source, folder, tag):
        place.run("crane", "pull", "--format=oci", source, folder)


class Oras(LayoutClient):
    def login(self, place, host):
        place.run("oras", "login", "--plain-http", "-u", "AWS", "--password-stdin", host, input=place.password())

    def push(self, place, layout, tag, target):
        place.run("oras", "cp", "--from-oci-layout", f"{layout.folder}:{tag}", "--to-plain-http", target)

    def pull(self, place, source, folder, tag):
        place.run("oras", "cp", "--from-plain-http", source, "--to-oci-layout", f"{folder}:{tag}")


class Regctl(LayoutClient):
    def login(self, place, host):
        place.run("regctl", "registry", "set", "--skip-check", "--tls", "disabled", host)
        place.run("regctl", "registry", "login", host, "-u", "AWS", "--pass-stdin", input=place.password())

    def push(self, place, layout, tag, target):
        place.run("regctl", "image", "copy", f"ocidir://{layout.folder}:{tag}", target)

    def pull(self, place, source, folder, tag):
        place.run("regctl", "image", "copy", source, f"ocidir://{folder}:{tag}")


CLIENTS = {"skopeo": Skopeo(), "crane": Crane(), "oras": Oras(), "regctl": Regctl()}


@pytest.fixture(params=CLIENTS)
def program(request):
    assert find(request.param), f"{request.param} is not installed"
    return CLIENTS[request.param]


@pytest.mark.parametrize("image", RealImages.NAMES)
def test_push_and_pull(server, oci, repository, place, images, program, image, tmp_path):
    program.login(place, server.host)
    target = f"{server.host}/{repository}:{image}"
    program.push(place, images.layouts[image], image, target)
    contents, manifests = images.contents(image), images.manifests(image)

    # What the registry holds, seen without the client.
    assert oci.head_manifest(repository, image).headers["Docker-Content-Digest"] == images.digests[image]
    for digest, data in contents.items():
        get = oci.get_manifest if digest in manifests else oci.get_blob
        assert get(repository, digest).content == data, digest

    pulled = tmp_path / "pulled"
    program.pull(place, target, pulled, image)
    for digest, data in contents.items():
        assert program.read(pulled, digest) == data, digest


def test_push_again_and_copy_between_repositories(server, ecr_client, oci, repository, place, images):
    """A second push sends nothing new; a copy to another repository mounts."""
    crane = CLIENTS["crane"]
    crane.login(place, server.host)
    target = f"{server.host}/{repository}:debian"
    crane.push(place, images.layouts["debian"], "debian", target)
    crane.push(place, images.layouts["debian"], "debian", target)
    other = repository + "-copy"
    ecr_client.create_repository(repositoryName=other)
    place.run("crane", "copy", target, f"{server.host}/{other}:debian")
    for digest in images.contents("debian").keys() - images.manifests("debian"):
        assert oci.head_blob(other, digest).status_code == 200
    assert place.run("crane", "digest", f"{server.host}/{other}:debian").strip() == images.digests["debian"]
    assert place.run("crane", "ls", f"{server.host}/{other}").split() == ["debian"]
    assert other in place.run("crane", "catalog", server.host).split()
    place.run("crane", "validate", "--remote", target)


def test_crane_changes_tags(server, oci, repository, place):
    CLIENTS["crane"].login(place, server.host)
    digest, _ = oci.push_image(repository, "v1")
    place.run("crane", "tag", f"{server.host}/{repository}:v1", "v2")
    assert oci.head_manifest(repository, "v2").headers["Docker-Content-Digest"] == digest
    place.run("crane", "delete", f"{server.host}/{repository}@{digest}")
    assert oci.tags(repository).json()["tags"] == []


def test_oras_artifact_and_referrers(server, repository, place, images, tmp_path):
    CLIENTS["oras"].login(place, server.host)
    CLIENTS["oras"].push(place, images.layouts["multi"], "multi", f"{server.host}/{repository}:multi")
    (place.home / "bill.json").write_text('{"materials":[]}')
    place.run("oras", "attach", "--plain-http", "--artifact-type", "application/vnd.example.sbom+json",
              f"{server.host}/{repository}:multi", "bill.json:application/json")
    shown = place.run("oras", "discover", "--plain-http", "--format", "json", f"{server.host}/{repository}:multi")
    assert "application/vnd.example.sbom+json" in shown
    (place.home / "note.txt").write_text("a file of its own")
    place.run("oras", "push", "--plain-http", f"{server.host}/{repository}:note", "note.txt:text/plain")
    (tmp_path / "out").mkdir()
    place.run("oras", "pull", "--plain-http", "-o", tmp_path / "out", f"{server.host}/{repository}:note")
    assert (tmp_path / "out" / "note.txt").read_text() == "a file of its own"
    assert set(place.run("oras", "repo", "tags", "--plain-http", f"{server.host}/{repository}").split()) == {
        "multi", "note"}


def test_regctl_manages(server, repository, place, images):
    regctl = CLIENTS["regctl"]
    regctl.login(place, server.host)
    regctl.push(place, images.layouts["multi"], "multi", f"{server.host}/{repository}:multi")
    assert place.run("regctl", "tag", "ls", f"{server.host}/{repository}").split() == ["multi"]
    place.run("regctl", "image", "copy", f"{server.host}/{repository}:multi", f"{server.host}/{repository}:again")
    assert place.run("regctl", "image", "digest", f"{server.host}/{repository}:again").strip() == images.digests["multi"]
    (place.home / "a.txt").write_text("artifact")
    place.run("regctl", "artifact", "put", "--artifact-type", "application/x-note", "-f", "a.txt", "--subject",
              f"{server.host}/{repository}:multi")
    assert "application/x-note" in place.run("regctl", "artifact", "list", f"{server.host}/{repository}:multi")
    place.run("regctl", "tag", "rm", f"{server.host}/{repository}:again")
    # The chunked way: small chunks force several PATCH requests and the Range answers between them.
    place.run("regctl", "registry", "set", "--skip-check", "--blob-chunk", "1000000", "--blob-max", "1", server.host)
    place.run("regctl", "image", "copy", "--force-recursive", f"ocidir://{images.layouts['debian'].folder}:debian",
              f"{server.host}/{repository}:chunked")
    assert place.run("regctl", "image", "digest", f"{server.host}/{repository}:chunked").strip() == \
        images.digests["debian"]


def test_helm_chart(server, ecr_client, place):
    ecr_client.create_repository(repositoryName="charts/demo")
    place.run("helm", "registry", "login", "--plain-http", "-u", "AWS", "--password-stdin", server.host,
              input=place.password())
    place.run("helm", "create", "demo")
    place.run("helm", "package", "demo", "--version", "0.3.0")
    place.run("helm", "push", "--plain-http", "demo-0.3.0.tgz", f"oci://{server.host}/charts")
    shown = place.run("helm", "show", "chart", "--plain-http", f"oci://{server.host}/charts/demo", "--version", "0.3.0")
    assert "name: demo" in shown and "version: 0.3.0" in shown
    (place.home / "pulled").mkdir()
    place.run("helm", "pull", "--plain-http", f"oci://{server.host}/charts/demo", "--version", "0.3.0", "-d", "pulled")
    assert (place.home / "pulled" / "demo-0.3.0.tgz").read_bytes() == (place.home / "demo-0.3.0.tgz").read_bytes()
    detail, = ecr_client.describe_images(repositoryName="charts/demo")["imageDetails"]
    assert detail["artifactMediaType"] == "application/vnd.cncf.helm.config.v1+json"


def test_buildah(server, oci, repository, place, images, tmp_path):
    """Pull, commit a layer more, push, pull again. Storage is plain folders, so no rights to mount are needed."""
    storage = ["--storage-driver", "vfs", "--root", tmp_path / "root", "--runroot", tmp_path / "run"]
    (place.home / "policy.json").write_text('{"default":[{"type":"insecureAcceptAnything"}]}')
    tried = place.attempt("buildah", *storage, "images")
    if tried.code != 0:
        pytest.skip(f"buildah does not run on this machine: {tried.err.strip().splitlines()[-1]}")
    CLIENTS["skopeo"].login(place, server.host)
    CLIENTS["crane"].login(place, server.host)
    target = f"{server.host}/{repository}"
    CLIENTS["crane"].push(place, images.layouts["debian"], "debian", f"{target}:debian")
    policy = ["--signature-policy", place.home / "policy.json", "--tls-verify=false"]
    container = place.run("buildah", *storage, "from", *policy, f"docker://{target}:debian").strip()
    inspected = place.run("buildah", *storage, "inspect", "--format", "{{.FromImageDigest}}", container).strip()
    assert inspected == images.digests["debian"]
    (place.home / "added").write_text("one file more")
    place.run("buildah", *storage, "copy", container, "added", "/added")
    place.run("buildah", *storage, "commit", "--signature-policy", place.home / "policy.json", container, "local/changed")
    place.run("buildah", *storage, "push", *policy, "local/changed", f"docker://{target}:changed")
    answer = oci.get_manifest(repository, "changed")
    assert answer.status_code == 200 and len(answer.json()["layers"]) == 3
    place.run("buildah", *storage, "rm", container)
    place.run("buildah", *storage, "rmi", "--all", "--force")
    again = place.run("buildah", *storage, "from", *policy, f"docker://{target}:changed").strip()
    mounted = place.attempt("buildah", *storage, "mount", again)
    if mounted.code == 0:
        with open(f"{mounted.out.strip()}/added") as file:
            assert file.read() == "one file more"


def test_ecr_credential_helper(servers, throwaway_tls, images, tmp_path):
    """The helper takes only Amazon's names, so the clients reach the server by them, through TLS."""
    registry = "000000000000.dkr.ecr.us-east-1.amazonaws.com"
    server = servers.start(tls=throwaway_tls, config={"server": {"public_host": registry}})
    ecr.client(server).create_repository(repositoryName="helped/app")
    proxy = ConnectProxy(server.port)
    try:
        place = Workplace(tmp_path / "home", server, HTTPS_PROXY=proxy.url, AWS_ENDPOINT_URL_ECR=f"https://{registry}")
        (place.home / ".docker").mkdir()
        (place.home / ".docker" / "config.json").write_text('{"credHelpers":{"%s":"ecr-login"}}' % registry)
        got = place.run("docker-credential-ecr-login", "get", input=registry)
        assert '"Username":"AWS"' in got
        target = f"{registry}/helped/app:multi"
        place.run("crane", "push", images.layouts["multi"].folder, target)
        place.run("crane", "pull", "--format=oci", target, tmp_path / "pulled")
        for digest, data in images.contents("multi").items():
            assert Layout.path_in(tmp_path / "pulled", digest).read_bytes() == data
        place.run("oras", "cp", target, "--to-oci-layout", f"{tmp_path / 'by-oras'}:multi")
        assert f"{registry}:443" in proxy.names
    finally:
        proxy.close()
    assert Oci(server.url, ecr.token(server), verify=str(throwaway_tls.authority)).tags("helped/app").json()["tags"] == [
        "multi"]


@pytest.mark.parametrize("program", ["skopeo", "crane"])
def test_over_tls(servers, throwaway_tls, images, tmp_path, program):
    server = servers.start(tls=throwaway_tls)
    ecr.client(server).create_repository(repositoryName="tls/app")
    place = Workplace(tmp_path / "home", server)
    target = f"{server.host}/tls/app:multi"
    if program == "skopeo":
        place.run("skopeo", "login", "-u", "AWS", "--password-stdin", server.host, input=place.password())
        place.run("skopeo", "copy", "--all", "--preserve-digests", f"oci:{images.layouts['multi'].folder}:multi",
                  f"docker://{target}")
    else:
        CLIENTS["crane"].login(place, server.host)
        CLIENTS["crane"].push(place, images.layouts["multi"], "multi", target)
    client = Oci(server.url, ecr.token(server), verify=str(throwaway_tls.authority))
    for digest, data in images.contents("multi").items():
        get = client.get_manifest if digest in images.manifests("multi") else client.get_blob
        assert get("tls/app", digest).content == data
