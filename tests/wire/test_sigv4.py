"""SigV4 and the front of the API endpoint: what is refused, and in which words."""
import datetime
import json
import re

import pytest

from harness import ecr
from harness.ecr import call_raw, error_of, headers_for, refused, send, signed

BODY = b"{}"


def signed_call(server, **options):
    return signed(server, BODY, headers_for("DescribeRegistry"), **options)


def test_signed_by_hand(server):
    answer = send(server, BODY, signed_call(server))
    assert answer.status_code == 200 and answer.json()["registryId"] == "000000000000"
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])


def test_no_signature(server):
    answer = send(server, BODY, headers_for("DescribeRegistry"))
    assert error_of(answer)[:2] == (400, "MissingAuthenticationTokenException")


@pytest.mark.parametrize("broken", [
    "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host",
    "AWS4-HMAC-SHA256 Credential=AKIA/20200101/us-east-1/ecr/aws4_request, SignedHeaders=, Signature=zz", "x" * 5000])
def test_malformed_authorization(server, broken):
    answer = send(server, BODY, headers_for("DescribeRegistry") | {"Authorization": broken})
    status, code, _ = error_of(answer)
    assert status == 400
    assert code in ("IncompleteSignatureException", "MissingAuthenticationTokenException", "InvalidSignatureException",
                    "UnrecognizedClientException")


def test_changed_body(server):
    assert error_of(send(server, b'{"a":1}', signed_call(server)))[:2] == (400, "InvalidSignatureException")


def test_changed_signed_header(server):
    headers = signed_call(server)
    headers["X-Amz-Target"] = ecr.TARGET + "DescribeRepositories"
    assert error_of(send(server, BODY, headers))[:2] == (400, "InvalidSignatureException")


def test_wrong_secret(server):
    headers = signed_call(server, key=(server.key()[0], "x" * 40))
    assert error_of(send(server, BODY, headers))[:2] == (400, "InvalidSignatureException")


def test_unknown_key(server):
    headers = signed_call(server, key=("AKIAIOSFODNN7EXAMPLE", "x" * 40))
    assert error_of(send(server, BODY, headers)) == (
        400, "UnrecognizedClientException", "The security token included in the request is invalid.")


@pytest.mark.parametrize("wrong", [{"region": "eu-west-1"}, {"service": "s3"}])
def test_scope_of_another_place(server, wrong):
    status, code, _ = error_of(send(server, BODY, signed_call(server, **wrong)))
    assert (status, code) == (400, "InvalidSignatureException")


@pytest.mark.parametrize("minutes, accepted", [(-10, False), (-3, True), (3, True), (10, False)])
def test_clock_skew(server, monkeypatch, minutes, accepted):
    import botocore.auth
    moved = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    for name in ("get_current_datetime",):
        if hasattr(botocore.auth, name):
            monkeypatch.setattr(botocore.auth, name, lambda *a, **k: moved.replace(tzinfo=None))
    headers = signed_call(server)
    assert headers["X-Amz-Date"][:11] == moved.strftime("%Y%m%dT%H"), "the clock of the signer was not moved"
    answer = send(server, BODY, headers)
    if accepted:
        assert answer.status_code == 200
    else:
        assert error_of(answer)[:2] == (400, "InvalidSignatureException")


def test_unsigned_target_is_refused(server):
    """Without X-Amz-Target among the signed headers anybody could turn a signed read into a delete."""
    headers = headers_for("DescribeRegistry")
    target = headers.pop("X-Amz-Target")
    spoiled = signed(server, BODY, headers) | {"X-Amz-Target": target}
    assert send(server, BODY, spoiled).status_code == 400


def test_presigned(server):
    """The whole signature in the query."""
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    def presign(expires):
        # botocore moves a body into the query when it presigns, so there is none.
        request = botocore.awsrequest.AWSRequest("POST", server.url + "/", data=b"",
                                                 headers=headers_for("DescribeRegistry"))
        signer = botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(*server.key()), "ecr", "us-east-1", expires)
        signer.add_auth(request)
        prepared = request.prepare()
        return prepared.url.removeprefix(server.url), dict(prepared.headers.items())

    path, headers = presign(60)
    headers.pop("Content-Length", None)
    answer = send(server, b"", headers, path=path)
    assert answer.status_code == 200, answer.text
    spoiled = re.sub("X-Amz-Signature=[0-9a-f]{4}", "X-Amz-Signature=0000", path)
    assert error_of(send(server, b"", headers, path=spoiled))[:2] == (400, "InvalidSignatureException")


def test_unknown_operation(server):
    assert error_of(call_raw(server, "MakeCoffee", {}))[:2] == (400, "UnknownOperationException")
    headers = headers_for("x")
    del headers["X-Amz-Target"]
    assert error_of(send(server, BODY, signed(server, BODY, headers)))[:2] == (400, "UnknownOperationException")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b'{"a":1}x', b"[" * 100_000,
                                  b'{"repositoryNames":' * 10_000])
def test_body_that_is_no_json_object(server, body):
    answer = call_raw(server, "DescribeRepositories", body)
    if body == b"":
        assert answer.status_code in (200, 400)
    else:
        assert error_of(answer)[:2] == (400, "SerializationException")


@pytest.mark.parametrize("operation, body", [
    ("DescribeRepositories", {"repositoryNames": "not a list"}), ("DescribeRepositories", {"maxResults": "10"}),
    ("CreateRepository", {"repositoryName": 5}), ("CreateRepository", {"repositoryName": {"a": 1}}),
    ("BatchGetImage", {"repositoryName": "ab", "imageIds": {"imageTag": "x"}}),
    ("DeleteRepository", {"repositoryName": "ab", "force": "yes"}),
    ("UploadLayerPart", {"repositoryName": "ab", "uploadId": "x", "partFirstByte": 1e300, "partLastByte": 0,
                         "layerPartBlob": "AA=="}),
    ("UploadLayerPart", {"repositoryName": "ab", "uploadId": "x", "partFirstByte": 0, "partLastByte": 0,
                         "layerPartBlob": "not base64!"})])
def test_members_of_the_wrong_type(server, operation, body):
    assert error_of(call_raw(server, operation, body))[:2] == (400, "SerializationException")


def test_unknown_members_are_ignored(server):
    assert call_raw(server, "DescribeRegistry", {"somethingNew": [1, {"a": None}]}).status_code == 200


def test_null_members_count_as_absent(server):
    answer = call_raw(server, "DescribeRepositories", {"repositoryNames": None, "maxResults": None})
    assert answer.status_code == 200 and "null" not in json.dumps(answer.json())


def test_other_methods_and_paths(server):
    from harness.oci import Oci
    anonymous = Oci(server.url)
    for method, path in (("GET", "/"), ("PUT", "/"), ("DELETE", "/"), ("GET", "/nowhere"), ("POST", "/nowhere")):
        assert 400 <= anonymous.request(method, path).status_code < 500, (method, path)


def test_a_call_to_another_account(server, repository):
    with refused("AccessDeniedException") as failure:
        ecr.client(server).list_images(registryId="123456789012", repositoryName=repository)
    assert failure.message.startswith(
        "User: arn:aws:iam::000000000000:root is not authorized to perform: ecr:ListImages on resource: "
        f"arn:aws:ecr:us-east-1:123456789012:repository/{repository}")
    with refused("InvalidParameterException"):
        ecr.client(server, validate=False).list_images(registryId="12345", repositoryName=repository)
