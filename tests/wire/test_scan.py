"""berth scan and berth sbom by hand: images in folders, archives and registries, formats, filters, gates."""
import json
import os
import subprocess
import tarfile

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from harness.images import Layout, add_image, encode, tar_gz
from harness.oci import INDEX
from harness.server import BINARY as BERTH

STATUS = """Package: openssl
Status: install ok installed
Architecture: amd64
Version: 1.0-1

Package: curl
Status: install ok installed
Architecture: amd64
Version: 7.0-1

"""


def record(name, package, fixed, ecosystem="Debian:12", kind="ECOSYSTEM", urgency="high"):
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return json.dumps({
        "id": name, "modified": "2024-01-01T00:00:00Z", "details": f"{package} can be made to fail",
        "affected": [{"package": {"ecosystem": ecosystem, "name": package},
                      "ranges": [{"type": kind, "events": events}], "ecosystem_specific": {"urgency": urgency}}]})


RECORDS = [record("CVE-2024-0001", "openssl", "1.1-1"), record("CVE-2024-0002", "curl", None, urgency="low"),
           record("CVE-2024-0003", "curl", "6.0-1"),
           record("CVE-2024-0004", "left", "2.0.0", ecosystem="npm", kind="SEMVER", urgency="low")]


def layer(system="debian", version="12", status=STATUS):
    files = {"etc/os-release": f'ID={system}\nVERSION_ID="{version}"\n'.encode(),
             "var/lib/dpkg/status": status.encode(),
             "srv/node_modules/left/package.json": b'{"name": "left", "version": "1.0.0"}'}
    return tar_gz(files)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vulndb")
    feed = folder / "feed.jsonl"
    feed.write_text("\n".join(RECORDS) + "\n")
    subprocess.run([BERTH, "vulndb", "import", "--db", folder, feed], check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture
def berth(database, tmp_path):
    """Runs the program; (exit code, standard output, standard error)."""
    def run(*arguments, stdin="", cwd=None, **environment):
        clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "nobody"), "BERTH_VULNDB": str(database)}
        done = subprocess.run([BERTH, *arguments], input=stdin, capture_output=True, text=True,
                              timeout=120, check=False, env=clean | environment, cwd=cwd)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def image(tmp_path):
    layout = Layout(tmp_path / "layout")
    layout.name(add_image(layout, "amd64", [layer()]), "app")
    return layout.folder


@pytest.fixture
def multi(tmp_path):
    """An index: amd64 has both packages, arm64 curl alone."""
    layout = Layout(tmp_path / "multi")
    curl = STATUS[STATUS.index("Package: curl"):]
    children = [add_image(layout, "amd64", [layer()]), add_image(layout, "arm64", [layer(status=curl)])]
    layout.name(layout.add(encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}), INDEX), "app")
    return layout


def names(text):
    return [f["name"] for f in json.loads(text)["imageScanFindings"]["findings"]]


def push(oci, repository, layout, digest, reference):
    """A manifest of a layout and all it names."""
    document = json.loads(layout.read(digest))
    for child in document.get("manifests", []):
        push(oci, repository, layout, child["digest"], child["digest"])
    for blob in [*document.get("layers", []), *([document["config"]] if "config" in document else [])]:
        oci.push_blob(repository, layout.read(blob["digest"]))
    answer = oci.put_manifest(repository, reference, layout.read(digest), document["mediaType"])
    assert answer.status_code == 201, answer.text


def test_the_table_is_for_people(berth, image):
    code, out, _ = berth("scan", str(image))
    assert code == 0
    assert "linux/amd64" in out and "debian 12" in out
    assert [line.split()[:5] for line in out.splitlines() if "CVE-" in line] == [
        ["HIGH", "CVE-2024-0001", "openssl", "1.0-1", "1.1-1"],
        ["LOW", "CVE-2024-0002", "curl", "7.0-1", "-"],
        ["LOW", "CVE-2024-0004", "left", "1.0.0", "2.0.0"]]
    assert out.endswith("3 vulnerabilities: 1 HIGH, 2 LOW\n")
    assert "left" not in berth("scan", "--os-only", str(image))[1]


def test_json_is_what_ecr_answers(berth, image):
    code, out, _ = berth("scan", "--format=json", str(image))
    answer = json.loads(out)
    assert code == 0 and names(out) == ["CVE-2024-0001", "CVE-2024-0002"]
    assert answer["imageScanStatus"]["status"] == "COMPLETE"
    assert answer["imageScanFindings"]["findingSeverityCounts"] == {"HIGH": 1, "LOW": 1}
    assert answer["imageId"]["imageDigest"] == json.loads((image / "index.json").read_text())["manifests"][0]["digest"]
    enhanced = json.loads(berth("scan", "--format=json", "--enhanced", str(image))[1])["imageScanFindings"]
    assert [f["title"] for f in enhanced["enhancedFindings"]] == [
        "CVE-2024-0001 - openssl", "CVE-2024-0002 - curl", "CVE-2024-0004 - left"]
    left = enhanced["enhancedFindings"][2]["packageVulnerabilityDetails"]["vulnerablePackages"][0]
    assert (left["packageManager"], left["filePath"]) == ("NODEPKG", "srv/node_modules/left/package.json")


def test_sarif_is_one_document(berth, multi):
    code, out, _ = berth("scan", "--format=sarif", str(multi.folder))
    log = json.loads(out)
    assert code == 0 and log["version"] == "2.1.0"
    found = [sorted(r["ruleId"] for r in run["results"]) for run in log["runs"]]
    assert found == [["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0004"], ["CVE-2024-0002", "CVE-2024-0004"]]
    assert [run["automationDetails"]["id"] for run in log["runs"]] == [
        f"berth/{multi.folder}/linux/amd64/", f"berth/{multi.folder}/linux/arm64/"]


def test_filters_choose_what_is_shown(berth, image):
    def shown(*options):
        return names(berth("scan", "--format=json", *options, str(image))[1])

    assert shown("--severity", "low,critical") == ["CVE-2024-0002"]
    assert shown("--ignore-unfixed") == ["CVE-2024-0001"]
    assert berth("scan", "--severity", "grave", str(image))[0] == 2


def test_a_gate_closes_on_what_is_bad_enough(berth, image, tmp_path):
    def gate(*options):
        return berth("scan", *options, str(image))[0]

    assert gate("--fail-on", "critical") == 0
    assert gate("--fail-on", "high") == 3
    assert gate("--fail-on", "low", "--severity", "critical") == 3  # the gate looks at all
    assert gate("--fail-on", "high", "--ignore-unfixed") == 3
    rules = tmp_path / "ignore"
    rules.write_text("CVE-2024-0001 package=openssl until=2999-12-31 # the parser is never reached\n")
    assert gate("--fail-on", "high", "--ignore-file", str(rules)) == 0
    rules.write_text("CVE-2024-0001 until=2020-01-01 # ran out\n")
    assert gate("--fail-on", "high", "--ignore-file", str(rules)) == 3
    rules.write_text("CVE-2024-0001 colour=blue\n")
    assert gate("--ignore-file", str(rules)) == 2


def test_suppressed_findings_stay_visible(berth, image, tmp_path):
    vex = tmp_path / "vex.json"
    vex.write_text(json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": "us",
        "timestamp": "2024-01-01T00:00:00Z", "version": 1,
        "statements": [{"vulnerability": {"name": "CVE-2024-0001"}, "products": [{"@id": "pkg:deb/debian/openssl"}],
                        "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}))
    assert berth("scan", "--vex", str(vex), "--fail-on", "high", str(image))[0] == 0
    assert "CVE-2024-0001" not in berth("scan", "--vex", str(vex), str(image))[1]
    assert "CVE-2024-0001" in berth("scan", "--vex", str(vex), "--show-suppressed", str(image))[1]
    out = berth("scan", "--vex", str(vex), "--format=json", "--enhanced", str(image))[1]
    status = {f["title"]: f["status"] for f in json.loads(out)["imageScanFindings"]["enhancedFindings"]}
    assert status["CVE-2024-0001 - openssl"] == "SUPPRESSED" and status["CVE-2024-0002 - curl"] == "ACTIVE"


def test_a_system_that_nobody_speaks_for_is_not_safe(berth, tmp_path):
    layout = Layout(tmp_path / "other")
    layout.name(add_image(layout, "amd64", [layer(system="plan9", version="4")]), "app")
    code, out, _ = berth("scan", "--format=json", str(layout.folder))
    assert code == 4
    assert json.loads(out)["imageScanStatus"]["status"] == "FAILED"
    assert "UNSUPPORTED" in berth("scan", "--os-only", str(layout.folder))[1]


def test_a_language_that_the_database_does_not_know_is_not_safe(berth, tmp_path):
    source = tmp_path / "source"
    (source / "srv").mkdir(parents=True)
    (source / "srv/Cargo.lock").write_text(
        '[[package]]\nname = "time"\nversion = "0.1.44"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n')
    code, out, _ = berth("scan", str(source))
    assert code == 4 and "UNSUPPORTED" in out and "holds nothing about crates.io" in out
    (source / "etc").mkdir()
    (source / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    (source / "var/lib/dpkg").mkdir(parents=True)
    (source / "var/lib/dpkg/status").write_text(STATUS)
    code, out, _ = berth("scan", str(source))
    assert code == 0 and "CVE-2024-0001" in out
    assert "note: The vulnerability database holds nothing about crates.io" in out


@pytest.fixture
def root(tmp_path):
    """Makes the root file system of a Debian with these files."""
    def make(name, **files):
        folder = tmp_path / name
        for path, text in ({"etc/os-release": 'ID=debian\nVERSION_ID="12"\n'} | files).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return str(folder)

    return make


LEFT = {"srv/node_modules/left/package.json": '{"name": "left", "version": "1.0.0"}'}


def test_what_others_packed_is_not_the_distributions(berth, root):
    def found(owner):
        files = {"var/lib/dpkg/status": STATUS.replace("Package: curl", f"Package: {owner}"),
                 f"var/lib/dpkg/info/{owner}.list": "/.\n/srv/node_modules/left/package.json\n"}
        return "CVE-2024-0004" in berth("scan", root(owner, **files, **LEFT))[1]

    assert found("acme-agent") and not found("curl")


def test_a_package_database_that_cannot_be_read_is_not_safe(berth, root):
    broken = {"var/lib/rpm/rpmdb.sqlite": "no database at all"}
    code, out, err = berth("scan", root("broken", **broken))
    assert code == 1 and out == "" and "that could be read: var/lib/rpm/rpmdb.sqlite: " in err
    code, out, _ = berth("scan", root("languages", **broken, **LEFT))
    assert code == 0 and "CVE-2024-0004" in out
    assert "that could be read: var/lib/rpm/rpmdb.sqlite: " in out
    assert "Only packages of languages were looked up" in out
    nameless = "Package: nameless\nStatus: install ok installed\n\n"
    code, out, _ = berth("scan", root("nameless", **{"var/lib/dpkg/status": nameless + STATUS}))
    assert code == 0 and "note: var/lib/dpkg/status: lists nameless as installed, without a version" in out


def test_archives_and_folders(berth, image, tmp_path):
    archive = tmp_path / "layout.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(image, arcname=".")
    assert names(berth("scan", "--format=json", str(archive))[1]) == ["CVE-2024-0001", "CVE-2024-0002"]
    with tarfile.open(tmp_path / "layout.tgz", "w:gz") as tar:
        tar.add(image, arcname=".")
    assert names(berth("scan", "--format=json", str(tmp_path / "layout.tgz"))[1]) == ["CVE-2024-0001", "CVE-2024-0002"]
    saved = tmp_path / "saved.tar"
    subprocess.run(["skopeo", "copy", "--quiet", f"oci:{image}:app", f"docker-archive:{saved}:app:v1"], check=True,
                   capture_output=True)
    assert names(berth("scan", "--format=json", str(saved))[1]) == ["CVE-2024-0001", "CVE-2024-0002"]
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text(STATUS)
    assert names(berth("scan", "--format=json", str(root))[1]) == ["CVE-2024-0001", "CVE-2024-0002"]


def test_what_cannot_be_scanned_says_why(berth, image, tmp_path):
    code, out, err = berth("scan", str(tmp_path / "nowhere"))
    assert (code, out) == (1, "") and "is not there" in err
    code, _, err = berth("scan", str(image), BERTH_VULNDB=str(tmp_path / "no-database"))
    assert code == 1 and "berth vulndb" in err
    assert berth("scan", "Not A Reference")[0] == 1
    digest = json.loads((image / "index.json").read_text())["manifests"][0]["digest"]
    blob = json.loads(Layout.path_in(image, digest).read_bytes())["layers"][0]["digest"]
    broken = Layout.path_in(image, blob)
    broken.write_bytes(broken.read_bytes()[:-20])
    code, out, err = berth("scan", str(image))
    assert (code, out) == (1, "") and "layer 1 of 1" in err


def test_a_path_with_a_typo_is_no_request(berth, image, tmp_path):
    for typo in ("img.tgz", "layout/nothing", "layout.tar.gz"):
        code, _, err = berth("scan", typo, cwd=tmp_path)
        assert code == 1 and f"{typo}: is not there" in err


def test_an_image_in_a_registry_is_read_where_it_is(berth, server, oci, token, repository, multi):
    top = json.loads((multi.folder / "index.json").read_text())["manifests"][0]["digest"]
    push(oci, repository, multi, top, "v1")
    target = f"{server.host}/{repository}:v1"
    code, _, err = berth("scan", target)
    assert code == 1 and "--password-stdin" in err
    login = ("--username", "AWS", "--password-stdin")
    code, out, err = berth("scan", "--format=json", *login, target, stdin=token + "\n")
    assert code == 0, err
    assert [names(line) for line in out.splitlines()] == [["CVE-2024-0001", "CVE-2024-0002"], ["CVE-2024-0002"]]
    one = berth("scan", "--format=json", "--platform=linux/arm64", *login, target, stdin=token)[1]
    assert names(one) == ["CVE-2024-0002"]
    code, _, err = berth("scan", "--platform=linux/s390x", *login, target, stdin=token)
    assert code == 1 and "platform" in err
    code, _, err = berth("scan", *login, f"{server.host}/{repository}:none", stdin=token)
    assert code == 1 and "has no manifests/none" in err
    assert token not in err


def test_docker_logins_are_used(berth, server, oci, token, repository, image, tmp_path):
    layout = Layout(image)
    digest = json.loads((image / "index.json").read_text())["manifests"][0]["digest"]
    push(oci, repository, layout, digest, "v1")
    subprocess.run(["skopeo", "login", "--tls-verify=false", "--authfile", tmp_path / "config.json", "-u", "AWS",
                    "--password-stdin", server.host], input=token, text=True, check=True, capture_output=True)
    target = f"{server.host}/{repository}@{digest}"
    code, out, err = berth("scan", "--format=json", target, DOCKER_CONFIG=str(tmp_path))
    assert code == 0, err
    assert names(out) == ["CVE-2024-0001", "CVE-2024-0002"]


def test_bills_of_materials(berth, image, multi, tmp_path):
    code, out, err = berth("sbom", str(image))
    assert code == 0, err
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(out) is None
    assert {c["purl"].split("?")[0] for c in json.loads(out)["components"] if "purl" in c} == {
        "pkg:deb/debian/openssl@1.0-1", "pkg:deb/debian/curl@7.0-1", "pkg:npm/left@1.0.0"}
    code, out, _ = berth("sbom", "--format=spdx", "--output", str(tmp_path / "bill"), str(image))
    assert (code, out) == (0, "")
    assert json.loads((tmp_path / "bill").read_text())["spdxVersion"] == "SPDX-2.3"
    code, _, err = berth("sbom", str(multi.folder))
    assert code == 2 and "linux/arm64" in err
    assert berth("sbom", "--platform=linux/arm64", str(multi.folder))[0] == 0
