"""Lifecycle policies, previews and the archive, as boto3 and the AWS CLI see them."""
import datetime
import json

import pytest

from harness import ecr
from harness.clients import AWS_V1, AWS_V2
from harness.ecr import refused
from harness.eventually import eventually
from harness.oci import MANIFEST, Oci, descriptor, index_manifest

ACCOUNT = "000000000000"
DAY = {"countUnit": "days"}
# Everything happens within seconds; days cannot, so the rules here count images.
QUICK = {"lifecycle": {"interval": "1s", "push_delay": "100ms", "preview_lifetime": "1h", "sweep_interval": "1s"},
         "jobs": {"poll_interval": "100ms"}, "images": {"restore_delay": "500ms"}}
EXTENDED = {**QUICK, "lifecycle": {**QUICK["lifecycle"], "extensions": True}}


@pytest.fixture(scope="module")
def server(module_servers):
    return module_servers.start(config=QUICK)


def rule(priority, selection, action=None, **more):
    return {"rulePriority": priority, "selection": selection, "action": action or {"type": "expire"}, **more}


def keep(number, priority=1, **selection):
    return rule(priority, {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": number, **selection},
                description="keep the newest, " + "x" * 60)


def text(*rules):
    return json.dumps({"rules": list(rules)}, indent=1)


def no_policy(name):
    return (f"Lifecycle policy does not exist for the repository with name '{name}' in the registry with id "
            f"'{ACCOUNT}'")


def push(oci, repository, count, prefix="v"):
    """Tags v0, v1 ...; the digests, oldest first."""
    return [oci.push_image(repository, f"{prefix}{n}", salt=f"{prefix}{n}".encode())[0] for n in range(count)]


def present(client, repository):
    return {i["imageDigest"] for i in client.list_images(repositoryName=repository, filter={"imageStatus": "ANY"})["imageIds"]}


def previewed(client, repository, **start):
    """A preview's answer once it is complete."""
    client.start_lifecycle_policy_preview(repositoryName=repository, **start)
    client.get_waiter("lifecycle_policy_preview_complete").wait(
        repositoryName=repository, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return client.get_lifecycle_policy_preview(repositoryName=repository)


# ---- policies

def test_put_get_delete(ecr_client, repository):
    with refused("LifecyclePolicyNotFoundException", no_policy(repository)):
        ecr_client.get_lifecycle_policy(repositoryName=repository)
    with refused("LifecyclePolicyNotFoundException", no_policy(repository)):
        ecr_client.delete_lifecycle_policy(repositoryName=repository)
    untagged = rule(3, {"tagStatus": "untagged", "countType": "sinceImagePushed", "countNumber": 14, **DAY})
    put = ecr_client.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text(keep(5, 20), untagged))
    assert put["registryId"] == ACCOUNT and put["repositoryName"] == repository
    got = ecr_client.get_lifecycle_policy(repositoryName=repository)
    assert got["lifecyclePolicyText"] == put["lifecyclePolicyText"]
    assert [r["rulePriority"] for r in json.loads(got["lifecyclePolicyText"])["rules"]] == [3, 20]

    def evaluated():
        return ecr_client.get_lifecycle_policy(repositoryName=repository)["lastEvaluatedAt"].timestamp() > 0
    assert eventually(evaluated)
    deleted = ecr_client.delete_lifecycle_policy(repositoryName=repository)
    assert deleted["lifecyclePolicyText"] == put["lifecyclePolicyText"]
    now = datetime.datetime.now(datetime.timezone.utc)
    assert abs((deleted["lastEvaluatedAt"] - now).total_seconds()) < 60
    with refused("LifecyclePolicyNotFoundException"):
        ecr_client.get_lifecycle_policy(repositoryName=repository)


def test_unknown_repository(ecr_client):
    calls = [lambda **n: ecr_client.put_lifecycle_policy(lifecyclePolicyText=text(keep(1)), **n),
             ecr_client.get_lifecycle_policy, ecr_client.delete_lifecycle_policy,
             ecr_client.start_lifecycle_policy_preview, ecr_client.get_lifecycle_policy_preview]
    for call in calls:
        with refused("RepositoryNotFoundException",
                     f"The repository with name 'no/such' does not exist in the registry with id '{ACCOUNT}'"):
            call(repositoryName="no/such")


@pytest.mark.parametrize("bad, reason", [
    ("x" * 120, "Could not map policyString into LifecyclePolicy."),
    (json.dumps({"rules": [], "more": "x" * 100}), "Lifecycle policy validation failure"),
    ('{"rules": [], ' + text(keep(1))[1:], 'An object has the key "rules" twice'),
    (text(keep(1, 1), keep(2, 2)), "Rule for tagStatus=ANY must have the lowest priority per storage class"),
    (text(keep(0)), "numeric instance is lower than the required minimum (minimum: 1, found: 0)"),
    (text(rule(1, {"tagStatus": "tagged", "countType": "imageCountMoreThan", "countNumber": 1},
               description="x" * 60)), "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED."),
    (text(keep(1, 1, storageClass="archive")), "instance failed to match exactly one schema"),
])
def test_bad_policies_are_refused_and_nothing_is_stored(ecr_client, repository, bad, reason):
    for call in (ecr_client.put_lifecycle_policy, ecr_client.start_lifecycle_policy_preview):
        with refused("InvalidParameterException") as failure:
            call(repositoryName=repository, lifecyclePolicyText=bad)
        assert reason in failure.message, failure.message
        assert failure.message.startswith("Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint:")
    with refused("LifecyclePolicyNotFoundException"):
        ecr_client.get_lifecycle_policy(repositoryName=repository)
    with refused("LifecyclePolicyPreviewNotFoundException"):
        ecr_client.get_lifecycle_policy_preview(repositoryName=repository)


def test_lengths(server, repository):
    lenient = ecr.client(server, validate=False)
    for wrong in ("{}", "x" * 30721):
        with refused("InvalidParameterException") as failure:
            lenient.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=wrong)
        assert "lifecyclePolicyText" in failure.message and "length" in failure.message
    # Characters count, not bytes: this one has 16,155 of them in 32,155 bytes.
    long = json.dumps({"rules": [keep(1) | {"description": "\u00fc" * 16000}]}, ensure_ascii=False)
    put = lenient.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=long)
    assert json.loads(put["lifecyclePolicyText"])["rules"][0]["description"] == "\u00fc" * 16000


# ---- previews

def test_preview_pages_filters_and_sums_up(ecr_client, oci, repository):
    tagged = push(oci, repository, 7)
    untagged = [oci.push_image(repository, None, salt=f"u{n}".encode())[0] for n in range(5)]
    with refused("LifecyclePolicyPreviewNotFoundException"):
        ecr_client.get_lifecycle_policy_preview(repositoryName=repository)
    with refused("LifecyclePolicyNotFoundException", no_policy(repository)):
        ecr_client.start_lifecycle_policy_preview(repositoryName=repository)
    whole = previewed(ecr_client, repository, lifecyclePolicyText=text(keep(1, 9)))
    assert whole["status"] == "COMPLETE"
    assert [r["rulePriority"] for r in json.loads(whole["lifecyclePolicyText"])["rules"]] == [9]
    assert whole["summary"] == {"expiringImageTotalCount": 11, "transitioningImageTotalCounts": []}
    results = whole["previewResults"]
    assert [r["imageDigest"] for r in results] == tagged + untagged[:-1]
    assert results[0]["imageTags"] == ["v0"] and results[-1]["imageTags"] == []
    assert all(r["action"] == {"type": "EXPIRE"} and r["appliedRulePriority"] == 9 and r["storageClass"] == "STANDARD"
               for r in results)
    described = ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "v0"}])["imageDetails"][0]
    assert results[0]["imagePushedAt"] == described["imagePushedAt"]

    pages = list(ecr_client.get_paginator("get_lifecycle_policy_preview").paginate(
        repositoryName=repository, PaginationConfig={"PageSize": 3}))
    assert [len(p["previewResults"]) for p in pages] == [3, 3, 3, 2]
    assert [r for p in pages for r in p["previewResults"]] == results
    for status, expected in (("TAGGED", tagged), ("UNTAGGED", untagged[:-1]), ("ANY", tagged + untagged[:-1])):
        found = [r["imageDigest"] for page in ecr_client.get_paginator("get_lifecycle_policy_preview").paginate(
            repositoryName=repository, filter={"tagStatus": status}, PaginationConfig={"PageSize": 2})
            for r in page["previewResults"]]
        assert found == expected, status

    ids = [{"imageTag": "v3"}, {"imageDigest": untagged[0]}, {"imageDigest": untagged[-1]}, {"imageTag": "none"}]
    some = ecr_client.get_lifecycle_policy_preview(repositoryName=repository, imageIds=ids)
    assert [r["imageDigest"] for r in some["previewResults"]] == [tagged[3], untagged[0]]
    with refused("InvalidParameterException"):
        ecr_client.get_lifecycle_policy_preview(repositoryName=repository, imageIds=ids, maxResults=5)
    with refused("InvalidParameterException"):
        ecr_client.get_lifecycle_policy_preview(repositoryName=repository, nextToken="bm90IG91cnM=")
    assert present(ecr_client, repository) == {*tagged, *untagged}


def test_preview_of_the_stored_policy_and_of_a_transition(ecr_client, oci, repository):
    digests = push(oci, repository, 3)
    ecr_client.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text(keep(50)))
    stored = previewed(ecr_client, repository)
    assert stored["previewResults"] == [] and stored["summary"]["expiringImageTotalCount"] == 0
    archive = keep(1)
    archive["action"] = {"type": "transition", "targetStorageClass": "archive"}
    moved = previewed(ecr_client, repository, lifecyclePolicyText=text(archive))
    assert [r["imageDigest"] for r in moved["previewResults"]] == digests[:2]
    assert moved["previewResults"][0]["action"] == {"type": "TRANSITION", "targetStorageClass": "ARCHIVE"}
    assert moved["summary"]["transitioningImageTotalCounts"] == [{"targetStorageClass": "ARCHIVE", "imageTotalCount": 2}]
    assert present(ecr_client, repository) == set(digests)


def test_preview_expires(servers):
    short = {**QUICK, "lifecycle": {**QUICK["lifecycle"], "preview_lifetime": "1s"}}
    client = ecr.client(servers.start(config=short))
    client.create_repository(repositoryName="app")
    client.start_lifecycle_policy_preview(repositoryName="app", lifecyclePolicyText=text(keep(1)))
    assert eventually(lambda: client.get_lifecycle_policy_preview(repositoryName="app")["status"] == "EXPIRED")
    assert client.get_lifecycle_policy_preview(repositoryName="app")["previewResults"] == []


# ---- runs

def test_images_go_after_the_policy_and_after_pushes(ecr_client, oci, repository):
    first = push(oci, repository, 4)
    ecr_client.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text(keep(2)))
    assert eventually(lambda: present(ecr_client, repository) == set(first[2:]))
    assert oci.get_manifest(repository, "v0").status_code == 404
    second = push(oci, repository, 3, "w")
    assert eventually(lambda: present(ecr_client, repository) == set(second[1:]))
    ecr_client.delete_lifecycle_policy(repositoryName=repository)
    third = push(oci, repository, 3, "x")
    assert present(ecr_client, repository) == {*second[1:], *third}


def test_an_index_keeps_its_children(ecr_client, oci, repository):
    child, manifest = oci.push_image(repository, None, salt=b"child")
    index = index_manifest(manifest)
    assert oci.put_manifest(repository, "multi", index).status_code == 201
    newest = push(oci, repository, 1)
    # The child is due and untagged; what the index names stays.
    untagged = rule(1, {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1})
    ecr_client.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text(untagged, keep(9, 2)))
    oci.push_image(repository, None, salt=b"younger and untagged")
    assert eventually(lambda: ecr_client.get_lifecycle_policy(
        repositoryName=repository)["lastEvaluatedAt"].timestamp() > 0)
    assert {child, *newest} < present(ecr_client, repository)
    ecr_client.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=text(keep(1)))
    assert eventually(lambda: len(present(ecr_client, repository)) == 1)


def test_jobs_survive_a_kill(servers):
    server = servers.start(config={**QUICK, "lifecycle": {**QUICK["lifecycle"], "push_delay": "3s"}})
    client = ecr.client(server)
    client.create_repository(repositoryName="app")
    client.put_lifecycle_policy(repositoryName="app", lifecyclePolicyText=text(keep(1)))
    digests = push(Oci(server.url, ecr.token(server)), "app", 3)
    server.kill()
    server.start()
    assert eventually(lambda: present(client, "app") == {digests[-1]}, seconds=20)


# ---- the archive

def test_archive_and_restore(ecr_client, oci, repository):
    digest, manifest = oci.push_image(repository, "v1")
    layer = json.loads(manifest)["layers"][0]["digest"]

    def update(target):
        return ecr_client.update_image_storage_class(repositoryName=repository, imageId={"imageTag": "v1"},
                                                     targetStorageClass=target)

    def describe():
        return ecr_client.describe_images(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["imageDetails"][0]
    with refused("ImageStorageClassUpdateNotSupportedException"):
        update("STANDARD")
    assert oci.get_manifest(repository, "v1").status_code == 200
    archived = update("ARCHIVE")
    assert archived["imageStatus"] == "ARCHIVED"
    assert archived["imageId"] == {"imageDigest": digest, "imageTag": "v1"}
    assert archived["repositoryName"] == repository and archived["registryId"] == ACCOUNT
    with refused("ImageStorageClassUpdateNotSupportedException"):
        update("ARCHIVE")

    for reference in ("v1", digest):
        assert oci.get_manifest(repository, reference).status_code == 404
        assert oci.head_manifest(repository, reference).status_code == 404
    assert oci.get_blob(repository, layer).status_code == 404
    assert oci.tags(repository).json()["tags"] in ([], None)
    failures = ecr_client.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])["failures"]
    assert failures[0]["failureCode"] == "ImageNotFound"
    availability = ecr_client.batch_check_layer_availability(repositoryName=repository, layerDigests=[layer])["layers"]
    assert availability[0]["layerAvailability"] == "ARCHIVED"
    with refused("LayerInaccessibleException"):
        ecr_client.get_download_url_for_layer(repositoryName=repository, layerDigest=layer)
    assert ecr_client.describe_images(repositoryName=repository)["imageDetails"] == []
    listed = ecr_client.list_images(repositoryName=repository, filter={"imageStatus": "ARCHIVED"})["imageIds"]
    assert listed == [{"imageDigest": digest, "imageTag": "v1"}]
    detail = describe()
    assert detail["imageStatus"] == "ARCHIVED" and "lastArchivedAt" in detail and "lastActivatedAt" not in detail

    assert update("STANDARD")["imageStatus"] == "ACTIVATING"
    assert eventually(lambda: describe()["imageStatus"] == "ACTIVE")
    assert "lastActivatedAt" in describe()
    assert oci.get_manifest(repository, "v1").content == manifest
    assert oci.get_blob(repository, layer).status_code == 200

    update("ARCHIVE")
    assert oci.put_manifest(repository, "v1", manifest, MANIFEST).status_code == 201  # as pushing it again does
    assert describe()["imageStatus"] == "ACTIVE"
    assert oci.get_manifest(repository, "v1").status_code == 200


def test_archive_of_what_is_not_there(ecr_client, repository):
    with refused("ImageNotFoundException"):
        ecr_client.update_image_storage_class(repositoryName=repository, imageId={"imageTag": "none"},
                                              targetStorageClass="ARCHIVE")
    with refused("InvalidParameterException"):
        ecr_client.update_image_storage_class(repositoryName=repository, imageId={}, targetStorageClass="ARCHIVE")


def test_signatures_follow_a_subject_that_was_deleted_and_come_back_with_it(server):
    client, oci = ecr.client(server), Oci(server.url, ecr.token(server))
    for name, policy in (("follow/governed", text(keep(100))), ("follow/free", None)):
        client.create_repository(repositoryName=name)
        if policy:
            client.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=policy)
        subject, manifest = oci.push_image(name, "v1")
        signature, _ = oci.push_image(name, None, salt=b"signature", subject=descriptor(manifest, MANIFEST))
        client.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "v1"}])
        if policy:
            assert eventually(lambda: present(client, name) == set())
        else:
            assert present(client, name) == {signature}
        restored = ecr.berth_call(server, "RestoreImages", {"repositoryName": name, "imageIds": [{"imageTag": "v1"}]})
        assert restored["failures"] == []
        assert present(client, name) == {subject, signature}
        referrers = oci.referrers(name, subject).json()["manifests"]
        assert [one["digest"] for one in referrers] == [signature]


def test_signatures_follow_a_subject_into_the_archive_and_back(server):
    client, oci = ecr.client(server), Oci(server.url, ecr.token(server))
    client.create_repository(repositoryName="follow/archive")
    client.put_lifecycle_policy(repositoryName="follow/archive", lifecyclePolicyText=text(keep(100)))
    subject, manifest = oci.push_image("follow/archive", "v1")
    signature, _ = oci.push_image("follow/archive", None, salt=b"signature", subject=descriptor(manifest, MANIFEST))

    def statuses():
        ids = [{"imageDigest": digest} for digest in (subject, signature)]
        details = client.describe_images(repositoryName="follow/archive", imageIds=ids)["imageDetails"]
        return {detail["imageStatus"] for detail in details}

    def move(storage_class):
        client.update_image_storage_class(repositoryName="follow/archive", imageId={"imageDigest": subject},
                                          targetStorageClass=storage_class)
    move("ARCHIVE")
    assert eventually(lambda: statuses() == {"ARCHIVED"})
    move("STANDARD")
    assert eventually(lambda: statuses() == {"ACTIVE"})
    referrers = oci.referrers("follow/archive", subject).json()["manifests"]
    assert [one["digest"] for one in referrers] == [signature]


# ---- default policies, an operation of Berth's own service

def extension(server, operation, **body):
    data = json.dumps(body).encode()
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Berth." + operation}
    return ecr.send(server, data, ecr.signed(server, data, headers))


def test_default_policies_are_an_extension(server):
    answer = extension(server, "PutDefaultLifecyclePolicy", repositoryPattern="*", lifecyclePolicyText=text(keep(1)))
    status, code, message = ecr.error_of(answer)
    assert status == 400 and code == "InvalidParameterException" and "lifecycle.extensions" in message


def test_default_policies_govern_what_has_no_policy(servers):
    server = servers.start(config=EXTENDED)
    client, oci = ecr.client(server), Oci(server.url, ecr.token(server))
    stored = extension(server, "PutDefaultLifecyclePolicy", repositoryPattern="team/*",
                       lifecyclePolicyText=text(keep(1))).json()
    assert stored["repositoryPattern"] == "team/*" and stored["registryId"] == ACCOUNT
    for name in ("team/default", "team/own", "other/app"):
        client.create_repository(repositoryName=name)
    client.put_lifecycle_policy(repositoryName="team/own", lifecyclePolicyText=text(keep(3)))
    pushed = {name: push(oci, name, 4) for name in ("team/own", "other/app", "team/default")}
    assert eventually(lambda: present(client, "team/default") == set(pushed["team/default"][3:]))
    assert eventually(lambda: present(client, "team/own") == set(pushed["team/own"][1:]))
    assert present(client, "other/app") == set(pushed["other/app"])
    with refused("LifecyclePolicyNotFoundException"):
        client.get_lifecycle_policy(repositoryName="team/default")
    preview = previewed(client, "team/default")
    assert json.loads(preview["lifecyclePolicyText"]) == {"rules": [keep(1)]}
    governing = extension(server, "GetGoverningLifecyclePolicy", repositoryName="team/default").json()
    assert governing["repositoryPattern"] == "team/*" and governing["lastEvaluatedAt"] > 0
    assert json.loads(governing["lifecyclePolicyText"]) == {"rules": [keep(1)]}
    own = extension(server, "GetGoverningLifecyclePolicy", repositoryName="team/own").json()
    assert "repositoryPattern" not in own and json.loads(own["lifecyclePolicyText"]) == {"rules": [keep(3)]}
    none = extension(server, "GetGoverningLifecyclePolicy", repositoryName="other/app")
    assert ecr.error_of(none)[1] == "LifecyclePolicyNotFoundException"

    policies = extension(server, "GetDefaultLifecyclePolicies").json()["policies"]
    assert [p["repositoryPattern"] for p in policies] == ["team/*"]
    assert extension(server, "DeleteDefaultLifecyclePolicy", repositoryPattern="team/*").status_code == 200
    assert ecr.error_of(extension(server, "DeleteDefaultLifecyclePolicy", repositoryPattern="team/*"))[1] == (
        "LifecyclePolicyNotFoundException")
    assert extension(server, "GetDefaultLifecyclePolicies").json()["policies"] == []


# ---- the AWS CLI

@pytest.fixture
def aws(place):
    def call(*arguments, program=AWS_V2):
        out = place.aws(program, "ecr", *arguments, "--output", "json")
        return json.loads(out) if out.strip() else None
    return call


@pytest.mark.parametrize("program", [AWS_V2, AWS_V1], ids=["v2", "v1"])
def test_cli_tells_the_whole_story(aws, place, oci, repository, program):
    digests = push(oci, repository, 4)
    (place.home / "policy.json").write_text(text(keep(1)))
    arguments = ("--repository-name", repository)
    aws("start-lifecycle-policy-preview", *arguments, "--lifecycle-policy-text", "file://policy.json", program=program)
    place.aws(program, "ecr", "wait", "lifecycle-policy-preview-complete", *arguments)
    preview = aws("get-lifecycle-policy-preview", *arguments, program=program)
    assert [r["imageDigest"] for r in preview["previewResults"]] == digests[:3]
    assert preview["summary"]["expiringImageTotalCount"] == 3
    aws("put-lifecycle-policy", *arguments, "--lifecycle-policy-text", "file://policy.json", program=program)

    def left():
        return [i["imageDigest"] for i in aws("list-images", *arguments, program=program)["imageIds"]]
    assert eventually(lambda: left() == digests[3:])
    assert json.loads(aws("get-lifecycle-policy", *arguments, program=program)["lifecyclePolicyText"]) == {
        "rules": [keep(1)]}
    assert aws("delete-lifecycle-policy", *arguments, program=program)["repositoryName"] == repository
