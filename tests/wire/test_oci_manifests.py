"""Manifests, tags, referrers: what is stored, listed, refused, and how it is paged."""
import json
from urllib.parse import parse_qs, urlparse

import pytest

from harness import ecr
from harness.oci import (CONFIG, DOCKER_LIST, EMPTY, INDEX, LAYER, MANIFEST, Oci, descriptor, digest_of, encode, error_of,
                         image_manifest, index_manifest)

UNKNOWN = "sha256:" + "0" * 64
SYNTAX = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"


def next_of(answer):
    """The Link to the next page, checked to be relative; None on the last page."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    target, rel = link.split(";")
    assert rel.strip() == 'rel="next"' and target.startswith("</v2/") and target.endswith(">")
    return target[1:-1]


def walk(oci, path, member):
    pages = []
    while path:
        answer = oci.request("GET", path)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json()[member])
        path = next_of(answer)
    return pages


def test_bytes_are_kept(oci, repository):
    """Formatting, unknown members and a trailing newline belong to the digest."""
    _, manifest = oci.push_image(repository, "v1")
    odd = json.dumps(json.loads(manifest) | {"x-unknown": [None, 1.5e300, "\u2028"]}, indent=7).encode() + b"\n"
    answer = oci.put_manifest(repository, "odd", odd, MANIFEST)
    assert answer.status_code == 201
    assert answer.headers["Docker-Content-Digest"] == digest_of(odd)
    assert answer.headers["Location"] == f"/v2/{repository}/manifests/{digest_of(odd)}"
    got = oci.get_manifest(repository, "odd")
    assert got.content == odd and got.headers["Content-Type"] == MANIFEST
    head = oci.head_manifest(repository, "odd")
    assert head.headers["Content-Length"] == str(len(odd)) and head.content == b""


@pytest.mark.parametrize("accept", [None, "*/*", MANIFEST, "application/json, */*", f"{INDEX}, {MANIFEST};q=0.5"])
def test_accept(oci, repository, accept):
    _, manifest = oci.push_image(repository, "v1")
    answer = oci.get_manifest(repository, "v1", accept)
    assert answer.content == manifest


@pytest.mark.parametrize("accept", ["application/json", INDEX, f"{INDEX}, {MANIFEST};q=0"])
def test_what_a_client_does_not_accept_is_not_there(oci, repository, accept):
    digest, _ = oci.push_image(repository, "v1")
    for reference in ("v1", digest):
        assert error_of(oci.get_manifest(repository, reference, accept)) == (
            404, "MANIFEST_UNKNOWN", "Requested image not found")


def test_missing_things(oci, repository):
    assert error_of(oci.get_manifest(repository, "nope")) == (404, "MANIFEST_UNKNOWN", "Requested image not found")
    assert error_of(oci.get_manifest(repository, UNKNOWN))[:2] == (404, "MANIFEST_UNKNOWN")
    assert error_of(oci.delete_manifest(repository, UNKNOWN))[:2] == (404, "MANIFEST_UNKNOWN")
    assert error_of(oci.get_blob(repository, UNKNOWN))[:2] == (404, "BLOB_UNKNOWN")
    assert oci.head_manifest(repository, "nope").status_code == 404
    assert oci.head_blob(repository, UNKNOWN).status_code == 404


def test_missing_layers_and_children(oci, repository):
    manifest = image_manifest(b"no config", [b"no layer"])
    status, code, message = error_of(oci.put_manifest(repository, "v1", manifest))
    assert (status, code) == (404, "MANIFEST_BLOB_UNKNOWN")
    assert digest_of(b"no layer") in message
    status, code, message = error_of(oci.put_manifest(repository, "v1", index_manifest(b"no child")))
    assert (status, code) == (404, "MANIFEST_BLOB_UNKNOWN")
    assert message == (f"Images with digests '[{digest_of(b'no child')}]' required for pushing image into repository with "
                       f"name '{repository}' in the registry with id '000000000000' do not exist")
    assert oci.tags(repository).json()["tags"] == []


@pytest.mark.parametrize("body, media_type", [
    (b"", MANIFEST), (b"{", MANIFEST), (b"[]", MANIFEST), (b"null", MANIFEST), (b'{"schemaVersion":2}', MANIFEST),
    (b"\xff\xfe{}", MANIFEST), (b'{"schemaVersion":2,"config":{},"layers":[]}', MANIFEST),
    (b'{"schemaVersion":2,"config":5,"layers":"x"}', MANIFEST),
    (b'{"schemaVersion":2,"config":{"digest":"sha256:xx","size":1,"mediaType":"a/b"},"layers":[]}', MANIFEST),
    (b'{"schemaVersion":2,"config":{"digest":"sha256:' + b"0" * 64 + b'","size":-1,"mediaType":"a/b"},"layers":[]}', MANIFEST),
    (b'{"schemaVersion":2,"manifests":{}}', INDEX), (b'{"schemaVersion":2,"manifests":[{"digest":1}]}', INDEX),
    (b"[" * 50_000 + b"]" * 50_000, MANIFEST), (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, MANIFEST),
    (b'{"schemaVersion":2}', "text/plain"), (b'{"schemaVersion":2}', "application/vnd.unknown+json")])
def test_manifests_that_are_none(oci, repository, body, media_type):
    status, code, message = error_of(oci.put_manifest(repository, "v1", body, media_type))
    assert (status, code) in ((405, "UNSUPPORTED"), (400, "MANIFEST_INVALID"), (415, "UNSUPPORTED")), message
    if status == 405:
        assert message == SYNTAX


def test_content_type_and_document_must_agree(oci, repository):
    _, manifest = oci.push_image(repository, "v1")
    assert 400 <= oci.put_manifest(repository, "v2", manifest, INDEX).status_code < 500
    assert oci.put_manifest(repository, "v2", index_manifest(manifest), DOCKER_LIST).status_code in range(400, 500)
    assert oci.tags(repository).json()["tags"] == ["v1"]


def test_put_by_another_digest(oci, repository):
    _, manifest = oci.push_image(repository, "v1")
    assert error_of(oci.put_manifest(repository, UNKNOWN, manifest))[:2] == (400, "DIGEST_INVALID")


@pytest.mark.parametrize("tag", ["-x", ".x", "a b", "a" * 129, "a:b", "ä", "a%2fb", "a+b"])
def test_bad_tags(oci, repository, tag):
    _, manifest = oci.push_image(repository, "v1")
    answer = oci.put_manifest(repository, tag, manifest)
    assert answer.status_code in (400, 404, 405), answer.text
    assert oci.tags(repository).json()["tags"] == ["v1"]


@pytest.mark.parametrize("size, accepted", [(4 * 1024 * 1024, True), (4 * 1024 * 1024 + 1, False), (9 * 1024 * 1024, False)])
def test_manifest_size(oci, repository, size, accepted):
    _, manifest = oci.push_image(repository, "v1")
    big = manifest + b" " * (size - len(manifest))
    answer = oci.put_manifest(repository, "big", big, MANIFEST)
    if accepted:
        assert answer.status_code == 201
        assert oci.get_manifest(repository, "big").content == big
    else:
        assert answer.status_code in (400, 405, 413)
        error_of(answer)


def test_tags_are_paged(oci, repository):
    _, manifest = oci.push_image(repository, "tag-000")
    tags = [f"tag-{n:03}" for n in range(120)]
    for tag in tags[1:]:
        assert oci.put_manifest(repository, tag, manifest).status_code == 201
    first = f"/v2/{repository}/tags/list"
    pages = walk(oci, f"{first}?n=50", "tags")
    assert [len(p) for p in pages] == [50, 50, 20] and sum(pages, []) == tags
    assert sum(walk(oci, first, "tags"), []) == tags
    assert oci.tags(repository, "?n=3&last=tag-010").json()["tags"] == ["tag-011", "tag-012", "tag-013"]
    assert oci.tags(repository, "?last=tag-0105").json()["tags"][0] == "tag-011"    # `last` need not exist
    assert oci.tags(repository, "?last=zzz").json()["tags"] == []
    assert oci.tags(repository, "?n=0").json()["tags"] == []
    assert oci.tags(repository).headers["Content-Type"].startswith("application/json")
    # More than a page holds is a full page, as the specification has it.
    assert len(oci.tags(repository, "?n=99999999999999999999").json()["tags"]) == len(oci.tags(repository).json()["tags"])
    for bad in ("?n=-1", "?n=abc", "?n="):
        assert error_of(oci.tags(repository, bad))[0] == 400, bad
    linked = parse_qs(urlparse(next_of(oci.tags(repository, "?n=50"))).query)
    assert linked["n"] == ["50"]


def test_catalog_is_paged(servers):
    server = servers.start()
    client, oci = ecr.client(server), Oci(server.url, ecr.token(server))
    assert oci.request("GET", "/v2/_catalog").json() == {"repositories": []}
    names = [f"cat/{n:02}" for n in range(25)]
    for name in names:
        client.create_repository(repositoryName=name)
    pages = walk(oci, "/v2/_catalog?n=10", "repositories")
    assert [len(p) for p in pages] == [10, 10, 5] and sum(pages, []) == names
    assert oci.request("GET", "/v2/_catalog?n=2&last=cat/03").json()["repositories"] == ["cat/04", "cat/05"]
    # ECR refuses more than 1000; the specification lets the server choose, and a full page serves every client.
    assert oci.request("GET", "/v2/_catalog?n=1001").json()["repositories"] == names


def test_referrers(oci, repository):
    subject, manifest = oci.push_image(repository, "v1")
    answer = oci.referrers(repository, subject)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == INDEX
    assert answer.json()["manifests"] == []
    empty = encode({})
    oci.push_blob(repository, empty)
    about = {"mediaType": MANIFEST, "digest": subject, "size": len(manifest)}
    pushed = {}
    for kind, annotations in (("application/x-sbom", {"made": "by hand"}), ("application/x-signature", None)):
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "subject": about,
                    "config": descriptor(empty, EMPTY), "layers": [descriptor(empty, EMPTY)]}
        if annotations:
            document["annotations"] = annotations
        data = encode(document)
        put = oci.put_manifest(repository, digest_of(data), data, MANIFEST)
        assert put.status_code == 201 and put.headers["OCI-Subject"] == subject
        pushed[kind] = {"mediaType": MANIFEST, "digest": digest_of(data), "size": len(data), "artifactType": kind} | (
            {"annotations": annotations} if annotations else {})
    by_index = encode(index_manifest(manifest, subject=about))
    assert oci.put_manifest(repository, digest_of(by_index), by_index, INDEX).headers["OCI-Subject"] == subject
    found = {m["digest"]: m for m in oci.referrers(repository, subject).json()["manifests"]}
    assert len(found) == 3
    for one in pushed.values():
        assert found[one["digest"]] == one
    filtered = oci.referrers(repository, subject, "?artifactType=application/x-sbom")
    assert filtered.headers["OCI-Filters-Applied"] == "artifactType"
    assert filtered.json()["manifests"] == [pushed["application/x-sbom"]]
    assert oci.referrers(repository, UNKNOWN).json()["manifests"] == []
    oci.delete_manifest(repository, pushed["application/x-sbom"]["digest"])
    assert len(oci.referrers(repository, subject).json()["manifests"]) == 2


def test_delete_by_tag_and_digest(oci, repository):
    digest, manifest = oci.push_image(repository, "a")
    oci.put_manifest(repository, "b", manifest)
    assert oci.delete_manifest(repository, "a").status_code == 202
    assert oci.tags(repository).json()["tags"] == ["b"]
    assert oci.delete_manifest(repository, "a").status_code == 404
    assert oci.delete_manifest(repository, digest).status_code == 202
    for reference in ("b", digest):
        assert oci.head_manifest(repository, reference).status_code == 404
    assert oci.tags(repository).json()["tags"] == []


def test_delete_of_a_child(oci, repository):
    digest, manifest = oci.push_image(repository, "child")
    parent = encode(index_manifest(manifest))
    oci.put_manifest(repository, "multi", parent, INDEX)
    assert error_of(oci.delete_manifest(repository, digest)) == (
        405, "UNSUPPORTED", f"Requested image referenced by manifest list: [{digest_of(parent)}]")
    assert oci.delete_manifest(repository, digest_of(parent)).status_code == 202
    assert oci.delete_manifest(repository, digest).status_code == 202


def test_nested_index(oci, repository):
    _, manifest = oci.push_image(repository, "leaf")
    inner = encode(index_manifest(manifest))
    assert oci.put_manifest(repository, digest_of(inner), inner, INDEX).status_code == 201
    outer = encode({"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(inner, INDEX)]})
    assert oci.put_manifest(repository, "outer", outer, INDEX).status_code == 201
    assert oci.get_manifest(repository, "outer").content == outer


def test_sha512_manifest(oci, repository):
    _, manifest = oci.push_image(repository, "v1")
    digest = digest_of(manifest, "sha512")
    assert oci.put_manifest(repository, digest, manifest, MANIFEST).status_code == 201
    assert oci.get_manifest(repository, digest).content == manifest
    assert oci.head_manifest(repository, digest).headers["Docker-Content-Digest"] == digest


def test_tag_parameters(oci, repository):
    """PUT by digest with tags in the query, as the coming specification has it."""
    _, manifest = oci.push_image(repository, "v1")
    digest = digest_of(manifest)
    answer = oci.put_manifest(repository, f"{digest}?tag=x&tag=y", manifest, MANIFEST)
    assert answer.status_code == 201
    assert oci.tags(repository).json()["tags"] == ["v1", "x", "y"]


def test_nondistributable_layers_need_not_be_there(oci, repository):
    config = encode({"architecture": "amd64", "os": "linux"})
    oci.push_blob(repository, config)
    foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(config, CONFIG),
                "layers": [descriptor(b"somewhere else", foreign, urls=["https://example.com/layer"])]}
    assert oci.put_manifest(repository, "v1", manifest).status_code == 201
    manifest["layers"] = [descriptor(b"somewhere else", LAYER)]
    assert oci.put_manifest(repository, "v2", manifest).status_code == 404
