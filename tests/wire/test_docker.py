"""What a docker user does and reads: every docker client of this machine through an engine of the tests' own."""
import base64
import json
import re
import subprocess

import pytest

from harness.docker import Docker, clients
from harness.eventually import eventually
from harness.images import debian_rootfs, tar_gz
from harness.oci import DOCKER_LIST, DOCKER_MANIFEST, digest_of
from harness.server import BINARY as BERTH

ACCOUNT = "000000000000"
CONFIG = {"jobs": {"poll_interval": "100ms"}, "scanner": {"database_poll": "200ms"}}
# Every Debian 12 image has a finding by this.
RECORD = {"id": "CVE-2099-0001", "modified": "2099-01-01T00:00:00Z", "affected": [
    {"package": {"ecosystem": "Debian:12", "name": "bash"},
     "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
CLIENTS = [pytest.param(program, id=version) for version, program in clients().items()] or [
    pytest.param(None, id="none", marks=pytest.mark.skip(reason="no docker client is installed"))]


@pytest.fixture(scope="module")
def server(module_servers, tmp_path_factory):
    started = module_servers.start(config=CONFIG)
    record = tmp_path_factory.mktemp("records") / "record.json"
    record.write_text(json.dumps(RECORD))
    subprocess.run([BERTH, "vulndb", "import", "--db", started.data / "vulndb", record], check=True, capture_output=True,
                   timeout=60)
    return started


@pytest.fixture(params=CLIENTS)
def stranger(request, engine, server, tmp_path):
    """A client that is not logged in."""
    client = Docker(request.param, engine, server, tmp_path / "home")
    tried = client.attempt("version")
    if tried.code != 0:
        pytest.skip(f"this client does not get along with the engine: {tried.err.strip()}")
    yield client
    client("image", "prune", "--all", "--force")


@pytest.fixture
def docker(stranger, token):
    stranger.login(token)
    return stranger


@pytest.fixture
def small(docker, tmp_path):
    """small("some text"): an image of one small layer that no other test has; the engine's own name for it."""
    def make(text):
        layer = tmp_path / "layer.tar"
        layer.write_bytes(tar_gz({"text": f"{text}, {tmp_path}\n".encode() * 1000})[0])
        name = "local/" + re.sub(r"[^a-z0-9]+", "-", text)
        docker.make(name, layer)
        return name
    return make


def push(docker, image, target):
    """Tags and pushes; (what the client printed, the digest it told)."""
    docker("tag", image, target)
    said = docker("push", target)
    return said, re.search(r"digest: (sha256:[0-9a-f]{64}) size: \d+", said)[1]


def immutable(tag, repository, because):
    return (f"tag invalid: The image tag '{tag}' already exists in the '{repository}' repository and cannot be overwritten "
            f"because the {because} is immutable.")


def no_repository(repository):
    return f"name unknown: The repository with name '{repository}' does not exist in the registry with id '{ACCOUNT}'"


def findings(ecr_client, repository, tag):
    """Of a scan that is complete."""
    try:
        answer = ecr_client.describe_image_scan_findings(repositoryName=repository, imageId={"imageTag": tag})
    except ecr_client.exceptions.ScanNotFoundException:
        return None
    return answer["imageScanFindings"]["findings"] if answer["imageScanStatus"]["status"] == "COMPLETE" else None


def out_and_in_again(docker, oci, image, repository):
    """Pushes, forgets and pulls an image; its digest."""
    target, made = docker.ref(repository), docker.inspect(image)["Id"]
    said, digest = push(docker, image, target)
    assert f"The push refers to repository [{docker.at(repository)}]" in said and said.count(": Pushed") == 1
    answer = oci.get_manifest(repository, "latest")
    assert (answer.headers["Docker-Content-Digest"], answer.headers["Content-Type"]) == (digest, DOCKER_MANIFEST)
    assert answer.json()["config"]["digest"] == made
    assert docker("push", target).count(": Layer already exists") == 1

    docker("rmi", image, target)
    assert docker.attempt("image", "inspect", made).code != 0
    pulled = docker("pull", target)
    assert f"Digest: {digest}" in pulled and f"Status: Downloaded newer image for {target}" in pulled
    assert f"Status: Image is up to date for {target}" in docker("pull", target)
    by_digest = f"{docker.at(repository)}@{digest}"
    docker("pull", by_digest)
    shown = docker.inspect(target)
    assert (shown["Id"], shown["RepoTags"], shown["RepoDigests"]) == (made, [target], [by_digest])
    return digest


def test_out_and_in_again(docker, small, oci, repository):
    out_and_in_again(docker, oci, small("out and in"), repository)


# All of Debian is the engine's work, whichever client asks for it.
@pytest.mark.parametrize("stranger", CLIENTS[:1], indirect=True)
def test_debian(docker, ecr_client, oci, name, tmp_path):
    """Out and in, with a scan as it arrives; at last a container of what came back."""
    ecr_client.create_repository(repositoryName=name, imageScanningConfiguration={"scanOnPush": True})
    rootfs = tmp_path / "rootfs.tar.gz"
    rootfs.write_bytes(debian_rootfs()[0])
    docker.make("local/debian", rootfs, 'CMD ["/bin/bash"]')
    container = ("bash", "-c", "echo $((6 * 7)); . /etc/os-release; echo $ID")
    runs = docker.attempt("run", "--rm", "--network", "none", "local/debian", *container)
    digest = out_and_in_again(docker, oci, "local/debian", name)

    finding, = eventually(lambda: findings(ecr_client, name, "latest"), 60)
    assert finding["name"] == "CVE-2099-0001"
    assert {"key": "package_name", "value": "bash"} in finding["attributes"]
    detail, = ecr_client.describe_images(repositoryName=name)["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (digest, ["latest"])
    assert detail["imageManifestMediaType"] == DOCKER_MANIFEST
    assert sum(detail["imageScanFindingsSummary"]["findingSeverityCounts"].values()) == 1

    if runs.code != 0:
        pytest.skip(f"all but the container: none runs on this machine: {runs.err.strip().splitlines()[-1]}")
    again = docker("run", "--rm", "--network", "none", docker.ref(name), *container)
    assert again.split() == runs.out.split() == ["42", "debian"]


def test_without_login(stranger, repository, tmp_path):
    layer = tmp_path / "layer.tar"
    layer.write_bytes(tar_gz({"text": b"nobody's"})[0])
    target = stranger.ref(repository)
    stranger.make(target, layer)
    assert stranger.refusal("push", target).endswith("no basic auth credentials")
    assert stranger.refusal("pull", target).endswith("no basic auth credentials")


def test_login(stranger, ecr_client, repository):
    """The password by the AWS CLI or out of GetAuthorizationToken; a wrong one is refused, and opens nothing."""
    host = stranger.server.host
    said = stranger.refusal("login", "--username", "AWS", "--password-stdin", host, input="wrong")
    assert f"login attempt to http://{host}/v2/ failed with status: 401 Unauthorized" in said
    assert stranger.refusal("pull", stranger.ref(repository)).endswith("no basic auth credentials")
    stranger.login(stranger.place.password())
    assert "manifest unknown" in stranger.refusal("pull", stranger.ref(repository))
    stranger("logout", host)
    data, = ecr_client.get_authorization_token()["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    stranger.server.secrets.add(password)
    assert (user, data["proxyEndpoint"]) == ("AWS", f"http://{host}")
    stranger.login(password)
    assert "manifest unknown" in stranger.refusal("pull", stranger.ref(repository))


def test_an_immutable_repository(docker, small, ecr_client, name):
    ecr_client.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    one, target = small("immutable one"), docker.ref(name)
    _, digest = push(docker, one, target)
    assert docker.refusal("push", target) == immutable("latest", name, "repository")
    docker("tag", small("immutable two"), target)
    assert docker.refusal("push", target) == immutable("latest", name, "repository")
    push(docker, one, docker.ref(name, "v2"))
    docker("rmi", target)
    assert f"Digest: {digest}" in docker("pull", target)


def test_exclusion_filters(docker, small, ecr_client, name):
    ecr_client.create_repository(
        repositoryName=name, imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "dev-*"}])
    one, two = small("excluded one"), small("excluded two")
    for tag in ("latest", "dev-1"):
        push(docker, one, docker.ref(name, tag))
        docker("tag", two, docker.ref(name, tag))
    assert docker.refusal("push", docker.ref(name)) == immutable("latest", name, "tag")
    docker("push", docker.ref(name, "dev-1"))


def test_what_is_not_there(docker, small, repository):
    target = docker.ref("no/such")
    docker("tag", small("homeless"), target)
    assert docker.refusal("push", target) == no_repository("no/such")
    assert docker.refusal("pull", target).endswith(f"repository {docker.at('no/such')} not found: "
                                                   + no_repository("no/such"))
    target = docker.ref(repository, "none")
    assert docker.refusal("pull", target).endswith(
        f"manifest for {target} not found: manifest unknown: Requested image not found")


def test_another_repository_mounts(docker, small, ecr_client, repository):
    image = small("to be mounted")
    _, digest = push(docker, image, docker.ref(repository))
    ecr_client.create_repository(repositoryName=f"{repository}/copy")
    said, again = push(docker, image, docker.ref(f"{repository}/copy"))
    assert f": Mounted from {repository}" in said and "Pushed" not in said
    assert again == digest


@pytest.mark.parametrize("builder", ["classic", "buildkit"])
def test_build_on_a_pulled_image(docker, small, oci, repository, builder):
    if builder == "buildkit":
        docker.place.environment["DOCKER_BUILDKIT"] = "1"
        if "buildx component is missing" in docker.attempt("build", "-").err:
            pytest.skip("this client builds by BuildKit only with buildx, which is not installed")
    base = docker.ref(repository, "base")
    image = small(f"base for {builder}")
    push(docker, image, base)
    docker("rmi", image, base)
    context = docker.place.home / "context"
    context.mkdir()
    (context / "added").write_text(f"one file more, {repository}")  # another test's would be mounted
    (context / "Dockerfile").write_text(f'FROM {base}\nCOPY added /added\nLABEL built.by="{builder}"\n')
    target = docker.ref(repository, "built")
    docker("build", "--network", "none", "--tag", target, context)
    said = docker("push", target)
    assert said.count(": Layer already exists") == 1 and said.count(": Pushed") == 1
    manifest = oci.get_manifest(repository, "built").json()
    assert len(manifest["layers"]) == 2
    assert manifest["layers"][0] == oci.get_manifest(repository, "base").json()["layers"][0]
    assert oci.get_blob(repository, manifest["config"]["digest"]).json()["config"]["Labels"] == {"built.by": builder}


def test_two_platforms(docker, small, ecr_client, oci, repository):
    digests = {}
    for architecture in ("amd64", "arm64"):
        _, digests[architecture] = push(docker, small(f"for {architecture}"), docker.ref(repository, architecture))
    target = docker.ref(repository, "both")
    docker("manifest", "create", "--insecure", target, *(docker.ref(repository, a) for a in digests))
    docker("manifest", "annotate", "--arch", "arm64", target, docker.ref(repository, "arm64"))
    digest = docker("manifest", "push", "--insecure", target).split()[-1]
    answer = oci.get_manifest(repository, "both")
    assert (answer.headers["Docker-Content-Digest"], answer.headers["Content-Type"]) == (digest, DOCKER_LIST)
    shown = json.loads(docker("manifest", "inspect", "--insecure", target))
    assert {m["platform"]["architecture"]: m["digest"] for m in shown["manifests"]} == digests
    assert digest_of(answer.content) == digest
    docker("image", "prune", "--all", "--force")
    assert f"Digest: {digest}" in docker("pull", target)
    child = oci.get_manifest(repository, digests["amd64"]).json()
    assert docker.inspect(target)["Id"] == child["config"]["digest"]
    missing = docker.refusal("manifest", "inspect", "--insecure", docker.ref(repository, "none"))
    assert "no such manifest" in missing
    listed = ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "both"}])["imageDetails"][0]
    assert listed["imageManifestMediaType"] == DOCKER_LIST
