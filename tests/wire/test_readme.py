"""README's quickstart as it stands written, with a port that is free in place of 5000."""
import json
import re
import shutil
from pathlib import Path

import pytest

from harness.clients import Workplace
from harness.docker import clients
from harness.images import debian_rootfs

README = Path(__file__).parents[2] / "README.md"
# Takes the place of the two programs that would need minutes or a set-up of this machine.
SUDO = '#!/bin/sh\nexec "$@"\n'
MMDEBSTRAP = """#!/bin/sh
[ "$*" = "--variant=minbase bookworm rootfs.tar" ] || exit 64
exec gunzip -c "{packed}" >rootfs.tar
"""


def block(about):
    """The one shell block of the quickstart that logs this client in."""
    quickstart = README.read_text().split("\n## Quickstart\n")[1].split("\n## ")[0]
    found, = (text for text in re.findall(r"^```sh\n(.*?)^```$", quickstart, re.M | re.S) if f"| {about} login" in text)
    return found


@pytest.fixture
def folder(servers, tmp_path):
    """Where ./run is going: the server's data are in ./berth-data. Nothing of the tests' keys is in the environment."""
    where = tmp_path / "berth"
    place = Workplace(tmp_path / "home", servers.start(data=where / "berth-data"))
    place.environment = {k: v for k, v in place.environment.items() if not k.startswith("AWS_")}
    place.environment["AWS_EC2_METADATA_DISABLED"] = "true"
    place.folder = where
    yield place
    shutil.rmtree(where, ignore_errors=True)


def run(place, commands):
    """What the commands print, pasted into a shell."""
    assert "localhost:5000" in commands
    return place.run("bash", "-e", "-u", "-o", "pipefail", "-c", commands.replace("localhost:5000", place.server.host),
                     cwd=place.folder)


def described(printed):
    """What describe-images, the last command of each block, printed."""
    image, = json.loads(printed[printed.rindex('{\n    "imageDetails"'):])["imageDetails"]
    return image


def test_with_skopeo(folder):
    programs = folder.home / "programs"
    programs.mkdir()
    packed = folder.home / "rootfs.tar.gz"
    packed.write_bytes(debian_rootfs()[0])
    for name, script in {"sudo": SUDO, "mmdebstrap": MMDEBSTRAP.format(packed=packed)}.items():
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    folder.environment["PATH"] = f"{programs}:{folder.environment['PATH']}"
    printed = run(folder, block("skopeo"))
    assert "Login Succeeded!" in printed
    image = described(printed)
    assert (image["repositoryName"], image["imageTags"]) == ("team/debian", ["12"])
    index = json.loads((folder.folder / "pulled" / "index.json").read_text())
    assert index["manifests"][0]["digest"] == image["imageDigest"]


@pytest.mark.skipif(not clients(), reason="no docker client is installed")
def test_with_docker(folder, engine):
    """Docker Hub's image is the one thing replaced: by a root file system of the same name."""
    folder.environment["DOCKER_HOST"] = engine.address
    rootfs = folder.home / "rootfs.tar.gz"
    rootfs.write_bytes(debian_rootfs()[0])
    commands = block("docker")
    from_hub = "docker pull debian:12-slim\n"
    assert from_hub in commands
    printed = run(folder, commands.replace(from_hub, f"docker import {rootfs} debian:12-slim\n"))
    assert "Login Succeeded" in printed and f"Image is up to date for {folder.server.host}/team/hello:v1" in printed
    image = described(printed)
    assert (image["repositoryName"], image["imageTags"]) == ("team/hello", ["v1"])
    assert f"v1: digest: {image['imageDigest']} " in printed
