"""The Distribution API, spoken raw: what a test sends is what goes out, and the answer comes back unjudged."""
import base64
import hashlib
import json

import requests

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
ALL_MANIFESTS = ", ".join((MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_LIST))


def digest_of(data, algorithm="sha256"):
    return f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"


def descriptor(data, media_type, **more):
    return {"mediaType": media_type, "digest": digest_of(data), "size": len(data), **more}


def encode(document):
    return json.dumps(document, separators=(",", ":")).encode()


class Oci:
    """One client with one identity. `token` is the password of user AWS; None sends no credentials."""

    def __init__(self, url, token=None, *, verify=True, headers=None, user="AWS"):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = verify
        self.session.headers.update(headers or {})
        self.session.headers["Accept-Encoding"] = "identity"
        if token is not None:
            basic = base64.b64encode(f"{user}:{token}".encode()).decode()
            self.session.headers["Authorization"] = "Basic " + basic

    def request(self, method, path, **options):
        options.setdefault("timeout", 120)
        options.setdefault("allow_redirects", False)
        # A path is appended as it is ("//v2/" is a path here, not a host); a Location may be a whole URL.
        target = path if path.startswith(("http://", "https://")) else self.url.rstrip("/") + path
        return self.session.request(method, target, **options)

    # -- blobs
    def begin(self, repository, **options):
        return self.request("POST", f"/v2/{repository}/blobs/uploads/", **options)

    def begin_at(self, repository):
        """The Location of a fresh upload."""
        answer = self.begin(repository)
        assert answer.status_code == 202, (answer.status_code, answer.text)
        return answer.headers["Location"]

    def patch(self, location, data, first=None, **options):
        headers = dict(options.pop("headers", {}), **{"Content-Type": "application/octet-stream"})
        if first is not None:
            headers["Content-Range"] = f"{first}-{first + len(data) - 1}"
        return self.request("PATCH", location, data=data, headers=headers, **options)

    def finish(self, location, digest, data=b"", **options):
        separator = "&" if "?" in location else "?"
        headers = dict(options.pop("headers", {}), **{"Content-Type": "application/octet-stream"})
        return self.request("PUT", f"{location}{separator}digest={digest}", data=data, headers=headers, **options)

    def put_blob(self, repository, data, digest=None):
        return self.finish(self.begin_at(repository), digest or digest_of(data), data)

    def push_blob(self, repository, data):
        """Pushes and insists; the digest."""
        answer = self.put_blob(repository, data)
        assert answer.status_code == 201, (answer.status_code, answer.text)
        return digest_of(data)

    def get_blob(self, repository, digest, **options):
        return self.request("GET", f"/v2/{repository}/blobs/{digest}", **options)

    def head_blob(self, repository, digest):
        return self.request("HEAD", f"/v2/{repository}/blobs/{digest}")

    def delete_blob(self, repository, digest):
        return self.request("DELETE", f"/v2/{repository}/blobs/{digest}")

    def mount(self, repository, digest, source=None):
        query = f"?mount={digest}" + (f"&from={source}" if source else "")
        return self.request("POST", f"/v2/{repository}/blobs/uploads/{query}")

    # -- manifests
    def put_manifest(self, repository, reference, document, media_type=None, **options):
        data = document if isinstance(document, (bytes, str)) else encode(document)
        if media_type is None:
            media_type = document.get("mediaType", MANIFEST) if isinstance(document, dict) else MANIFEST
        return self.request("PUT", f"/v2/{repository}/manifests/{reference}", data=data,
                            headers={"Content-Type": media_type}, **options)

    def get_manifest(self, repository, reference, accept=ALL_MANIFESTS):
        headers = {"Accept": accept}
        return self.request("GET", f"/v2/{repository}/manifests/{reference}", headers=headers)

    def head_manifest(self, repository, reference):
        return self.request("HEAD", f"/v2/{repository}/manifests/{reference}", headers={"Accept": ALL_MANIFESTS})

    def delete_manifest(self, repository, reference):
        return self.request("DELETE", f"/v2/{repository}/manifests/{reference}")

    def tags(self, repository, query=""):
        return self.request("GET", f"/v2/{repository}/tags/list{query}")

    def referrers(self, repository, digest, query=""):
        return self.request("GET", f"/v2/{repository}/referrers/{digest}{query}")

    def push_image(self, repository, reference, *layers, salt=b"", **more):
        """Pushes layers, a config and the manifest; (digest, manifest bytes). `salt` makes another digest."""
        layers = layers or (b"layer" + salt,)
        config = encode({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []},
                         "author": salt.decode("latin-1")})
        for blob in (*layers, config):
            self.push_blob(repository, blob)
        data = encode(image_manifest(config, layers, **more))
        reference = reference or digest_of(data)
        answer = self.put_manifest(repository, reference, data, MANIFEST)
        assert answer.status_code == 201, (answer.status_code, answer.text)
        return digest_of(data), data


def image_manifest(config, layers, **more):
    return {"schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(config, CONFIG),
            "layers": [descriptor(layer, LAYER) for layer in layers], **more}


def index_manifest(*children, **more):
    """children: manifest bytes, all of type MANIFEST."""
    return {"schemaVersion": 2, "mediaType": INDEX, "manifests": [descriptor(child, MANIFEST) for child in children],
            **more}


def error_of(answer):
    """(status, code, message) of an error answer, after its form was checked."""
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    document = answer.json()
    assert list(document) == ["errors"] and len(document["errors"]) >= 1, document
    first = document["errors"][0]
    return answer.status_code, first["code"], first.get("message", "")
