"""Every operation of the ECR API's core, by boto3: results, paging, exact error texts."""
import base64
import datetime
import hashlib
import json
import re

import pytest

from harness import ecr
from harness.ecr import refused
from harness.eventually import eventually
from harness.oci import CONFIG, DOCKER_LAYER, INDEX, LAYER, MANIFEST, Oci, digest_of, encode, image_manifest, index_manifest

ACCOUNT = "000000000000"
UNKNOWN = "sha256:" + "0" * 64
R1 = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def constraint(path, reason):
    return f"Invalid parameter at '{path}' failed to satisfy constraint: '{reason}'"


def no_repository(name):
    return f"The repository with name '{name}' does not exist in the registry with id '{ACCOUNT}'"


def ids(images):
    return {(i.get("imageDigest"), i.get("imageTag")) for i in images}


@pytest.fixture(scope="module")
def lenient(server):
    """A client that sends what boto3 would refuse to send."""
    return ecr.client(server, validate=False)


# ---- repositories

def test_create_repository_answers_the_whole_object(server, ecr_client, name):
    before = datetime.datetime.now(datetime.timezone.utc)
    made = ecr_client.create_repository(repositoryName=name)["repository"]
    assert made["repositoryArn"] == f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{name}"
    assert made["registryId"] == ACCOUNT
    assert made["repositoryName"] == name
    assert made["repositoryUri"] == f"{server.host}/{name}"
    assert made["imageTagMutability"] == "MUTABLE"
    assert "imageTagMutabilityExclusionFilters" not in made
    assert made["imageScanningConfiguration"] == {"scanOnPush": False}
    assert made["encryptionConfiguration"] == {"encryptionType": "AES256"}
    assert abs((made["createdAt"] - before).total_seconds()) < 60
    assert ecr_client.describe_repositories(repositoryNames=[name])["repositories"] == [made]


def test_create_repository_keeps_its_settings(ecr_client, name):
    filters = [{"filterType": "WILDCARD", "filter": "dev-*"}]
    made = ecr_client.create_repository(
        repositoryName=name, imageTagMutability="IMMUTABLE_WITH_EXCLUSION", imageTagMutabilityExclusionFilters=filters,
        imageScanningConfiguration={"scanOnPush": True}, tags=[{"Key": "team", "Value": "boats"}])["repository"]
    assert made["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert made["imageTagMutabilityExclusionFilters"] == filters
    assert made["imageScanningConfiguration"] == {"scanOnPush": True}
    assert ecr_client.describe_repositories(repositoryNames=[name])["repositories"] == [made]
    tags = ecr_client.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"]
    assert tags == [{"Key": "team", "Value": "boats"}]


def test_create_repository_twice(ecr_client, repository):
    with refused("RepositoryAlreadyExistsException",
                 f"The repository with name '{repository}' already exists in the registry with id '{ACCOUNT}'"):
        ecr_client.create_repository(repositoryName=repository)


def test_create_with_bad_tags_creates_nothing(ecr_client, name):
    with refused("InvalidTagParameterException"):
        ecr_client.create_repository(repositoryName=name, tags=[{"Key": "aws:mine", "Value": "no"}])
    with refused("RepositoryNotFoundException"):
        ecr_client.describe_repositories(repositoryNames=[name])


@pytest.mark.parametrize("bad", ["a___b", "a_-b", "-ab", "ab-", "Ab", "a//b", "/ab", "ab/", "a b", "a\u00e9", "ab/.cd"])
def test_bad_repository_names(lenient, bad):
    with refused("InvalidParameterException",
                 constraint("repositoryName", f"must satisfy regular expression '{R1}'")):
        lenient.create_repository(repositoryName=bad)


@pytest.mark.parametrize("good", ["ab", "a.b", "a_b", "a__b", "a---b", "0/1/2/3", "a" * 256])
def test_good_repository_names(ecr_client, good):
    ecr_client.create_repository(repositoryName=good)
    ecr_client.delete_repository(repositoryName=good)


@pytest.mark.parametrize("bad, reason", [
    ("a", "must have length greater than or equal to 2"),
    ("a" * 257, "must have length less than or equal to 256"),
])
def test_repository_name_length(lenient, bad, reason):
    with refused("InvalidParameterException", constraint("repositoryName", reason)):
        lenient.create_repository(repositoryName=bad)


def test_repository_name_missing(lenient):
    with refused("InvalidParameterException", constraint("repositoryName", "must not be null")):
        lenient.create_repository()


def test_enum_is_checked(lenient, name):
    values = "IMMUTABLE, MUTABLE, MUTABLE_WITH_EXCLUSION, IMMUTABLE_WITH_EXCLUSION"
    with refused("InvalidParameterException",
                 constraint("imageTagMutability", f"Member must satisfy enum value set: [{values}]")):
        lenient.create_repository(repositoryName=name, imageTagMutability="SOMETIMES")


def test_describe_repositories_pages(servers):
    server = servers.start()
    client = ecr.client(server)
    names = [f"page/repo-{n:02}" for n in range(25)]
    for one in reversed(names):
        client.create_repository(repositoryName=one)
    pages = list(client.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 10}))
    assert [len(p["repositories"]) for p in pages] == [10, 10, 5]
    assert [r["repositoryName"] for p in pages for r in p["repositories"]] == names
    assert "nextToken" not in pages[-1]
    first = client.describe_repositories(maxResults=25)
    assert len(first["repositories"]) == 25 and "nextToken" not in first


def test_describe_repositories_refusals(ecr_client, lenient, repository):
    with refused("RepositoryNotFoundException", no_repository("no/such")):
        ecr_client.describe_repositories(repositoryNames=[repository, "no/such"])
    with refused("InvalidParameterException"):
        ecr_client.describe_repositories(repositoryNames=[repository], maxResults=5)
    with refused("InvalidParameterException"):
        ecr_client.describe_repositories(nextToken="made-up")
    with refused("InvalidParameterException",
                 constraint("maxResults", "Member must have value less than or equal to 1000")):
        lenient.describe_repositories(maxResults=1001)
    with refused("InvalidParameterException",
                 constraint("maxResults", "Member must have value greater than or equal to 1")):
        lenient.describe_repositories(maxResults=0)
    # Without rights there, nobody learns what another account has.
    with refused("AccessDeniedException"):
        ecr_client.describe_repositories(registryId="123456789012", repositoryNames=[repository])


def test_delete_repository(ecr_client, oci, repository):
    oci.push_image(repository, "v1")
    with refused("RepositoryNotEmptyException",
                 f"The repository with name '{repository}' in registry with id '{ACCOUNT}' cannot be deleted "
                 "because it still contains images"):
        ecr_client.delete_repository(repositoryName=repository)
    gone = ecr_client.delete_repository(repositoryName=repository, force=True)["repository"]
    assert gone["repositoryName"] == repository
    with refused("RepositoryNotFoundException", no_repository(repository)):
        ecr_client.delete_repository(repositoryName=repository)
    ecr_client.create_repository(repositoryName=repository)
    assert ecr_client.list_images(repositoryName=repository)["imageIds"] == []
    assert oci.head_blob(repository, digest_of(b"layer")).status_code == 404


# ---- tag mutability

def test_put_image_tag_mutability(ecr_client, lenient, repository):
    filters = [{"filterType": "WILDCARD", "filter": "rel-*"}]
    answer = ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="MUTABLE_WITH_EXCLUSION",
                                                 imageTagMutabilityExclusionFilters=filters)
    assert answer["imageTagMutability"] == "MUTABLE_WITH_EXCLUSION"
    assert answer["imageTagMutabilityExclusionFilters"] == filters
    assert (answer["registryId"], answer["repositoryName"]) == (ACCOUNT, repository)
    answer = ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    assert "imageTagMutabilityExclusionFilters" not in answer
    with refused("InvalidParameterException", constraint("imageTagMutability", "Member must not be null")):
        lenient.put_image_tag_mutability(repositoryName=repository)
    with refused("InvalidParameterException", constraint(
            "imageTagMutabilityExclusionFilters", "ImageTagMutabilityExclusionFilters can't be null when "
            "imageTagMutability is set as IMMUTABLE_WITH_EXCLUSION")):
        ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE_WITH_EXCLUSION")
    with refused("InvalidParameterException"):
        ecr_client.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE",
                                            imageTagMutabilityExclusionFilters=filters)
    with refused("InvalidParameterException"):
        ecr_client.put_image_tag_mutability(
            repositoryName=repository, imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": "a*b*c*"}])
    with refused("InvalidParameterException"):
        lenient.put_image_tag_mutability(
            repositoryName=repository, imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filterType": "WILDCARD", "filter": f"f{n}"} for n in range(6)])
    with refused("RepositoryNotFoundException", no_repository("no/such")):
        ecr_client.put_image_tag_mutability(repositoryName="no/such", imageTagMutability="MUTABLE")


# ---- images

def test_put_image_by_layer_calls(ecr_client, repository):
    """The whole API path of an image: initiate, parts, complete, put, get."""
    layer = bytes(range(251)) * 60_000   # two parts
    config = encode({"architecture": "arm64", "os": "linux"})
    started = ecr_client.initiate_layer_upload(repositoryName=repository)
    assert UUID.fullmatch(started["uploadId"]) and started["partSize"] == 10485760
    size = started["partSize"]
    for first in range(0, len(layer), size):
        part = layer[first:first + size]
        answer = ecr_client.upload_layer_part(repositoryName=repository, uploadId=started["uploadId"],
                                              partFirstByte=first, partLastByte=first + len(part) - 1,
                                              layerPartBlob=part)
        assert answer["lastByteReceived"] == first + len(part) - 1
        assert (answer["uploadId"], answer["repositoryName"]) == (started["uploadId"], repository)
    done = ecr_client.complete_layer_upload(repositoryName=repository, uploadId=started["uploadId"],
                                            layerDigests=[digest_of(layer)])
    assert done["layerDigest"] == digest_of(layer)
    upload = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr_client.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=0,
                                 partLastByte=len(config) - 1, layerPartBlob=config)
    ecr_client.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest_of(config)])

    text = encode(image_manifest(config, [layer])).decode()
    put = ecr_client.put_image(repositoryName=repository, imageManifest=text, imageTag="v1")["image"]
    assert put["imageId"] == {"imageDigest": digest_of(text.encode()), "imageTag": "v1"}
    assert put["imageManifest"] == text and put["imageManifestMediaType"] == MANIFEST
    assert (put["registryId"], put["repositoryName"]) == (ACCOUNT, repository)

    detail = ecr_client.describe_images(repositoryName=repository)["imageDetails"][0]
    assert detail["imageSizeInBytes"] in (len(layer), len(layer) + len(config))
    assert detail["imageManifestMediaType"] == MANIFEST and detail["artifactMediaType"] == CONFIG
    url = ecr_client.get_download_url_for_layer(repositoryName=repository, layerDigest=digest_of(layer))
    assert url["layerDigest"] == digest_of(layer)


def test_download_url_works_without_credentials(server, ecr_client, oci, repository):
    layer = b"to be downloaded" * 10_000
    oci.push_image(repository, "v1", layer)
    url = ecr_client.get_download_url_for_layer(repositoryName=repository, layerDigest=digest_of(layer))["downloadUrl"]
    anonymous = Oci(server.url)
    answer = anonymous.request("GET", url)
    assert answer.status_code == 200 and answer.content == layer
    part = anonymous.request("GET", url, headers={"Range": "bytes=16-31"})
    assert (part.status_code, part.content) == (206, layer[16:32])
    spoiled = url[:-20] + ("A" if url[-20] != "A" else "B") + url[-19:]
    assert anonymous.request("GET", spoiled).status_code in (400, 401, 403)


def test_download_url_refusals(ecr_client, oci, repository):
    with refused("LayersNotFoundException"):
        ecr_client.get_download_url_for_layer(repositoryName=repository, layerDigest=UNKNOWN)
    alone = oci.push_blob(repository, b"in no image")
    with refused("LayerInaccessibleException"):
        ecr_client.get_download_url_for_layer(repositoryName=repository, layerDigest=alone)


def test_layer_part_refusals(ecr_client, lenient, repository):
    upload = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]

    def part(first, last, blob, **more):
        return lenient.upload_layer_part(**{"repositoryName": repository, "uploadId": upload, "partFirstByte": first,
                                            "partLastByte": last, "layerPartBlob": blob, **more})

    with refused("InvalidLayerPartException"):
        part(10, 19, b"0123456789")                      # does not begin at 0
    part(0, 9, b"0123456789")
    with refused("InvalidLayerPartException") as failure:
        part(0, 9, b"0123456789")                        # was there
    assert failure.response["lastValidByteReceived"] == 9
    assert failure.response["uploadId"] == upload
    with refused("InvalidLayerPartException"):
        part(10, 30, b"0123456789")                      # another length than the range
    with refused("UploadNotFoundException"):
        part(10, 19, b"0123456789", uploadId="00000000-0000-4000-8000-000000000000")
    with refused("RepositoryNotFoundException"):
        part(10, 19, b"0123456789", repositoryName="no/such")
    part(10, 19, b"0123456789")
    with refused("LayerPartTooSmallException"):
        ecr_client.complete_layer_upload(repositoryName=repository, uploadId=upload,
                                         layerDigests=[digest_of(b"0123456789" * 2)])


def test_complete_layer_upload_refusals(ecr_client, oci, repository):
    empty = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    with refused("EmptyUploadException"):
        ecr_client.complete_layer_upload(repositoryName=repository, uploadId=empty, layerDigests=[UNKNOWN])
    wrong = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr_client.upload_layer_part(repositoryName=repository, uploadId=wrong, partFirstByte=0, partLastByte=3,
                                 layerPartBlob=b"data")
    with refused("InvalidLayerException"):
        ecr_client.complete_layer_upload(repositoryName=repository, uploadId=wrong, layerDigests=[UNKNOWN])
    there = oci.push_blob(repository, b"already there")
    again = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr_client.upload_layer_part(repositoryName=repository, uploadId=again, partFirstByte=0, partLastByte=12,
                                 layerPartBlob=b"already there")
    with refused("LayerAlreadyExistsException"):
        ecr_client.complete_layer_upload(repositoryName=repository, uploadId=again, layerDigests=[there])


def test_batch_check_layer_availability(ecr_client, lenient, oci, repository):
    digest = oci.push_blob(repository, b"twelve bytes")
    answer = lenient.batch_check_layer_availability(repositoryName=repository,
                                                    layerDigests=[digest, UNKNOWN, "nonsense", ""])
    there = {layer["layerDigest"]: layer for layer in answer["layers"]}
    assert there[digest]["layerAvailability"] == "AVAILABLE" and there[digest]["layerSize"] == 12
    assert there[UNKNOWN]["layerAvailability"] == "UNAVAILABLE" and "layerSize" not in there[UNKNOWN]
    assert {f["failureCode"] for f in answer["failures"]} == {"InvalidLayerDigest", "MissingLayerDigest"}
    with refused("InvalidParameterException"):
        lenient.batch_check_layer_availability(repositoryName=repository, layerDigests=[])
    with refused("InvalidParameterException"):
        lenient.batch_check_layer_availability(repositoryName=repository, layerDigests=[UNKNOWN] * 101)


def test_put_image_refusals(ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    text = manifest.decode()

    def put(manifest, **more):
        return ecr_client.put_image(repositoryName=repository, imageManifest=manifest, **more)

    with refused("ImageAlreadyExistsException", f"Image with digest '{digest}' and tag 'v1' already exists in the "
                 f"repository with name '{repository}' in registry with id '{ACCOUNT}'"):
        put(text, imageTag="v1")
    with refused("ImageAlreadyExistsException"):
        put(text)
    with refused("ImageDigestDoesNotMatchException"):
        put(text, imageTag="v2", imageDigest=UNKNOWN)
    syntax = constraint("ImageManifest", "Invalid JSON syntax")
    for bad in ("{", "[]", "nonsense", "{}", '{"schemaVersion":2}', '{"schemaVersion":2,"mediaType":"text/plain"}'):
        with refused("InvalidParameterException", syntax):
            put(bad, imageTag="v2")
    missing = encode(image_manifest(b"not pushed", [b"not pushed either"])).decode()
    with refused("LayersNotFoundException") as failure:
        put(missing, imageTag="v2")
    assert digest_of(b"not pushed") in failure.message and f"with name '{repository}'" in failure.message
    child = b'{"no":"such"}'
    index = encode(index_manifest(child)).decode()
    with refused("ReferencedImagesNotFoundException") as failure:
        put(index, imageTag="v2")
    assert failure.message.startswith(f"Images with digests '[{digest_of(child)}]' required for pushing")
    with refused("InvalidParameterException", constraint(
            "imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'")):
        put(text, imageTag="not a tag")
    assert ids(ecr_client.list_images(repositoryName=repository)["imageIds"]) == {(digest, "v1")}


def test_put_image_takes_what_is_long_only_by_its_escapes(ecr_client, oci, repository):
    _, manifest = oci.push_image(repository, "v1")
    document = json.loads(manifest) | {"annotations": {"org.example.text": "\u00fc" * 2_050_000}}
    text = json.dumps(document, ensure_ascii=False)
    assert 4_100_000 < len(text.encode()) <= 4 << 20
    put = ecr_client.put_image(repositoryName=repository, imageManifest=text, imageTag="v2")  # three times that on the wire
    assert put["image"]["imageManifest"] == text
    assert put["image"]["imageId"]["imageDigest"] == digest_of(text.encode())
    with refused("InvalidParameterException", constraint(
            "ImageManifest", "must have length less than or equal to 4194304")):
        ecr_client.put_image(repositoryName=repository, imageManifest=text + " " * 200_000, imageTag="v3")


def test_put_image_without_media_type_in_the_document(ecr_client, oci, repository):
    oci.push_image(repository, "v1")
    config = encode({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}, "author": ""})
    document = image_manifest(config, [b"layer"])
    del document["mediaType"]
    text = encode(document).decode()
    with refused("InvalidParameterException", constraint("ImageManifest", "Invalid JSON syntax")):
        ecr_client.put_image(repositoryName=repository, imageManifest=text, imageTag="v2")
    put = ecr_client.put_image(repositoryName=repository, imageManifest=text, imageTag="v2",
                               imageManifestMediaType=MANIFEST)
    assert put["image"]["imageManifestMediaType"] == MANIFEST


def test_retag_keeps_the_text(ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    got = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["images"][0]
    ecr_client.put_image(repositoryName=repository, imageManifest=got["imageManifest"], imageTag="v2")
    assert ids(ecr_client.list_images(repositoryName=repository)["imageIds"]) == {(digest, "v1"), (digest, "v2")}
    # A newline more is another manifest.
    other = ecr_client.put_image(repositoryName=repository, imageManifest=got["imageManifest"] + "\n", imageTag="v3")
    assert other["image"]["imageId"]["imageDigest"] == digest_of(manifest + b"\n")


def test_batch_get_image(ecr_client, lenient, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    oci.put_manifest(repository, "v2", manifest)
    bare, _ = oci.push_image(repository, None, salt=b"bare")
    answer = lenient.batch_get_image(repositoryName=repository, imageIds=[
        {"imageTag": "v1"}, {"imageTag": "nope"}, {"imageDigest": UNKNOWN}, {"imageDigest": "bad"}, {},
        {"imageTag": "v1", "imageDigest": digest}, {"imageTag": "v1", "imageDigest": bare}])
    assert {i["imageId"]["imageTag"] for i in answer["images"]} == {"v1"}
    assert all(i["imageManifest"].encode() == manifest for i in answer["images"])
    failures = [(f["failureCode"], f["failureReason"], f["imageId"]) for f in answer["failures"]]
    shape = "Invalid request parameters: "
    assert sorted(failures, key=str) == sorted([
        ("ImageNotFound", "Requested image not found", {"imageTag": "nope"}),
        ("ImageNotFound", "Requested image not found", {"imageDigest": UNKNOWN}),
        ("InvalidImageDigest", shape + "image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
         {"imageDigest": "bad"}),
        ("MissingDigestAndTag", shape + "both tag and digest cannot be null", {}),
        ("ImageTagDoesNotMatchDigest", shape + "given tag does not map to the given digest",
         {"imageTag": "v1", "imageDigest": bare}),
    ], key=str)
    by_digest = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])["images"]
    assert {i["imageId"].get("imageTag") for i in by_digest} == {"v1", "v2"}
    alone = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": bare}])["images"]
    assert [i["imageId"] for i in alone] == [{"imageDigest": bare}]
    with refused("InvalidParameterException",
                 constraint("imageIds", "Member must have length greater than or equal to 1")):
        lenient.batch_get_image(repositoryName=repository, imageIds=[])
    with refused("InvalidParameterException",
                 constraint("imageIds", "Member must have length less than or equal to 100")):
        lenient.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}] * 101)
    other = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}],
                                       acceptedMediaTypes=[INDEX])
    assert other["images"] == [] and other["failures"][0]["failureCode"] == "ImageNotFound"


def test_list_images(ecr_client, oci, repository):
    assert ecr_client.list_images(repositoryName=repository)["imageIds"] == []
    first, manifest = oci.push_image(repository, "a")
    oci.put_manifest(repository, "b", manifest)
    second, _ = oci.push_image(repository, None, salt=b"2")
    expected = {(first, "a"), (first, "b"), (second, None)}

    def listed(**more):
        return ids(ecr_client.list_images(repositoryName=repository, **more)["imageIds"])

    assert listed() == expected
    assert listed(filter={"tagStatus": "ANY"}) == expected
    assert listed(filter={"tagStatus": "TAGGED"}) == {(first, "a"), (first, "b")}
    assert listed(filter={"tagStatus": "UNTAGGED"}) == {(second, None)}
    pages = list(ecr_client.get_paginator("list_images").paginate(repositoryName=repository,
                                                                  PaginationConfig={"PageSize": 1}))
    assert [len(p["imageIds"]) for p in pages] == [1, 1, 1]
    assert ids(i for p in pages for i in p["imageIds"]) == expected
    with refused("RepositoryNotFoundException", no_repository("no/such")):
        ecr_client.list_images(repositoryName="no/such")


def test_describe_images(ecr_client, oci, repository):
    before = datetime.datetime.now(datetime.timezone.utc)
    digest, manifest = oci.push_image(repository, "a")
    oci.put_manifest(repository, "b", manifest)
    bare, _ = oci.push_image(repository, None, salt=b"2")
    answer = {d["imageDigest"]: d for d in ecr_client.describe_images(repositoryName=repository)["imageDetails"]}
    assert sorted(answer[digest]["imageTags"]) == ["a", "b"] and "imageTags" not in answer[bare]
    assert abs((answer[digest]["imagePushedAt"] - before).total_seconds()) < 60
    assert answer[digest]["registryId"] == ACCOUNT and answer[digest]["repositoryName"] == repository
    one = ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "a"}])["imageDetails"]
    assert len(one) == 1 and sorted(one[0]["imageTags"]) == ["a", "b"]
    untagged = ecr_client.describe_images(repositoryName=repository, filter={"tagStatus": "UNTAGGED"})["imageDetails"]
    assert [d["imageDigest"] for d in untagged] == [bare]
    with refused("ImageNotFoundException",
                 f"The image with imageId {{imageDigest:'null', imageTag:'nope'}} does not exist within the repository "
                 f"with name '{repository}' in the registry with id '{ACCOUNT}'"):
        ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "a"}, {"imageTag": "nope"}])
    with refused("ImageNotFoundException",
                 f"The image with imageId {{imageDigest:'{UNKNOWN}', imageTag:'null'}} does not exist within the "
                 f"repository with name '{repository}' in the registry with id '{ACCOUNT}'"):
        ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageDigest": UNKNOWN}])
    with refused("InvalidParameterException"):
        ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "a"}], maxResults=1)


def test_describe_images_pages(ecr_client, oci, repository):
    pushed = {oci.push_image(repository, f"t{n}", salt=str(n).encode())[0] for n in range(7)}
    pages = list(ecr_client.get_paginator("describe_images").paginate(repositoryName=repository,
                                                                      PaginationConfig={"PageSize": 3}))
    assert [len(p["imageDetails"]) for p in pages] == [3, 3, 1]
    assert {d["imageDigest"] for p in pages for d in p["imageDetails"]} == pushed


def test_describe_index_and_artifact(ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "amd64", b"x" * 5000)
    oci.put_manifest(repository, "multi", index_manifest(manifest))
    oci.push_image(repository, "signature", artifactType="application/x-signature",
                   subject={"mediaType": MANIFEST, "digest": digest, "size": len(manifest)})
    details = {d["imageTags"][0]: d for d in ecr_client.describe_images(repositoryName=repository)["imageDetails"]}
    assert details["multi"]["imageManifestMediaType"] == INDEX and "artifactMediaType" not in details["multi"]
    assert details["multi"]["imageSizeInBytes"] == details["amd64"]["imageSizeInBytes"]
    assert details["signature"]["artifactMediaType"] == "application/x-signature"
    assert details["signature"]["subjectManifestDigest"] == digest


def test_pull_time_is_recorded(ecr_client, oci, repository):
    oci.push_image(repository, "v1")

    def pulled():
        return ecr_client.describe_images(repositoryName=repository)["imageDetails"][0].get("lastRecordedPullTime")

    oci.head_manifest(repository, "v1")
    assert pulled() is None
    oci.get_manifest(repository, "v1")
    assert eventually(pulled)


def test_batch_delete_image(ecr_client, lenient, oci, repository):
    digest, manifest = oci.push_image(repository, "a")
    oci.put_manifest(repository, "b", manifest)

    def delete(*which):
        answer = lenient.batch_delete_image(repositoryName=repository, imageIds=list(which))
        return ids(answer["imageIds"]), [(f["failureCode"], f["imageId"]) for f in answer["failures"]]

    assert delete({"imageTag": "a"}) == ({(digest, "a")}, [])
    assert oci.head_manifest(repository, "b").status_code == 200
    assert delete({"imageTag": "b"}) == ({(digest, "b")}, [])
    assert oci.head_manifest(repository, digest).status_code == 404     # the last tag took the image with it
    oci.push_image(repository, "a")
    oci.put_manifest(repository, "b", manifest)
    assert delete({"imageTag": "a", "imageDigest": digest}) == ({(digest, "a")}, [])
    assert oci.head_manifest(repository, "b").status_code == 200        # tag and digest: only the tag goes
    oci.put_manifest(repository, "a", manifest)
    assert delete({"imageDigest": digest}, {"imageTag": "a"}) == ({(digest, "a"), (digest, "b")}, [])
    bare, _ = oci.push_image(repository, None, salt=b"2")
    assert delete({"imageDigest": bare}) == ({(bare, None)}, [])
    assert delete({"imageTag": "a"}, {"imageDigest": "x:"}, {}) == (set(), [
        ("ImageNotFound", {"imageTag": "a"}), ("InvalidImageDigest", {"imageDigest": "x:"}),
        ("MissingDigestAndTag", {})])


def test_child_of_an_index_stays(ecr_client, oci, repository):
    child, manifest = oci.push_image(repository, "child")
    parent = index_manifest(manifest)
    oci.put_manifest(repository, "multi", parent)
    parent_digest = digest_of(encode(parent))
    for which in ({"imageDigest": child}, {"imageTag": "child"}):
        failure, = ecr_client.batch_delete_image(repositoryName=repository, imageIds=[which])["failures"]
        assert failure["failureCode"] == "ImageReferencedByManifestList"
        assert failure["failureReason"] == f"Requested image referenced by manifest list: [{parent_digest}]"
    gone = ecr_client.batch_delete_image(repositoryName=repository, imageIds=[{"imageTag": "multi"}])
    assert ids(gone["imageIds"]) == {(parent_digest, "multi")}
    gone = ecr_client.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": child}])
    assert ids(gone["imageIds"]) == {(child, "child")}


# ---- resource tags

def test_resource_tags(ecr_client, lenient, repository):
    arn = f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{repository}"

    def tags():
        return {t["Key"]: t["Value"] for t in ecr_client.list_tags_for_resource(resourceArn=arn)["tags"]}

    assert tags() == {}
    ecr_client.tag_resource(resourceArn=arn, tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    ecr_client.tag_resource(resourceArn=arn, tags=[{"Key": "b", "Value": "2"}, {"Key": "Ümlaut +-=._:/@", "Value": "ß"}])
    assert tags() == {"a": "1", "b": "2", "Ümlaut +-=._:/@": "ß"}
    ecr_client.untag_resource(resourceArn=arn, tagKeys=["a", "never there"])
    assert tags() == {"b": "2", "Ümlaut +-=._:/@": "ß"}
    with refused("InvalidTagParameterException", "Tag parameters are invalid"):
        lenient.tag_resource(resourceArn=arn, tags=[{"Key": "", "Value": "x"}])
    with refused("InvalidTagParameterException"):
        ecr_client.tag_resource(resourceArn=arn, tags=[{"Key": "AWS:x", "Value": "x"}])
    with refused("InvalidParameterException", constraint("tags.2.member.key", "Member must not be null")):
        lenient.tag_resource(resourceArn=arn, tags=[{"Key": "ok", "Value": "x"}, {"Value": "x"}])
    with refused("TooManyTagsException"):
        ecr_client.tag_resource(resourceArn=arn, tags=[{"Key": f"k{n}", "Value": "x"} for n in range(50)])
    assert len(tags()) == 2
    ecr_client.tag_resource(resourceArn=arn, tags=[{"Key": f"k{n}", "Value": "x"} for n in range(48)])
    assert len(tags()) == 50
    with refused("InvalidParameterException", constraint("resourceArn", "Invalid ARN")):
        ecr_client.list_tags_for_resource(resourceArn="arn:aws:s3:::bucket")
    with refused("RepositoryNotFoundException", no_repository("no/such")):
        ecr_client.list_tags_for_resource(resourceArn=f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/no/such")


# ---- registry

def test_authorization_token(server, ecr_client):
    before = datetime.datetime.now(datetime.timezone.utc)
    data, = ecr_client.get_authorization_token()["authorizationData"]
    user, password = base64.b64decode(data["authorizationToken"]).decode().split(":", 1)
    assert user == "AWS" and len(password) > 30
    life = (data["expiresAt"] - before).total_seconds()
    assert abs(life - 12 * 3600) < 60
    assert data["proxyEndpoint"] == server.url
    assert Oci(server.url, password).request("GET", "/v2/").status_code == 200
    again = ecr_client.get_authorization_token(registryIds=[ACCOUNT])["authorizationData"]
    assert len(again) == 1


def test_describe_registry(ecr_client):
    answer = ecr_client.describe_registry()
    assert answer["registryId"] == ACCOUNT and answer["replicationConfiguration"] == {"rules": []}


def test_caller_identity(server):
    answer = ecr.client(server, "sts").get_caller_identity()
    assert answer["Account"] == ACCOUNT and answer["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    assert answer["UserId"]


def test_waiter_style_polling(ecr_client, repository):
    """What Terraform does after a delete: describe until it is not found."""
    ecr_client.delete_repository(repositoryName=repository)
    with refused("RepositoryNotFoundException", no_repository(repository)):
        ecr_client.describe_repositories(repositoryNames=[repository])


def test_sha512_layer_through_the_api(ecr_client, repository):
    data = b"by another algorithm"
    digest = "sha512:" + hashlib.sha512(data).hexdigest()
    upload = ecr_client.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr_client.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=0,
                                 partLastByte=len(data) - 1, layerPartBlob=data)
    assert ecr_client.complete_layer_upload(repositoryName=repository, uploadId=upload,
                                            layerDigests=[digest])["layerDigest"] == digest


def test_layer_media_type_is_known_after_the_image(ecr_client, oci, repository):
    oci.push_image(repository, "v1")
    layer, = ecr_client.batch_check_layer_availability(repositoryName=repository,
                                                       layerDigests=[digest_of(b"layer")])["layers"]
    assert layer["mediaType"] in (LAYER, DOCKER_LAYER, "application/octet-stream")
