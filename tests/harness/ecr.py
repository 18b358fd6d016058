"""boto3 clients of a test server, and ECR calls by hand for what boto3 would not send."""
import base64
import contextlib
import json
import os

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import requests

TARGET = "AmazonEC2ContainerRegistry_V20150921."

# boto3 must not look for anything of the user's.
for name in [n for n in os.environ if n.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null",
                  AWS_ENDPOINT_URL_ECR="", NO_PROXY="*")
del os.environ["AWS_ENDPOINT_URL_ECR"]


def client(server, service="ecr", *, region=None, key=None, validate=True, retries=0):
    key = key or server.key()
    return boto3.client(
        service, endpoint_url=server.url, region_name=region or server.region, aws_access_key_id=key[0],
        aws_secret_access_key=key[1], verify=str(server.tls.authority) if server.tls else None,
        config=botocore.config.Config(parameter_validation=validate, retries={"total_max_attempts": retries + 1},
                                      read_timeout=120, proxies={}))


def token(server, **options):
    """The password that goes with user AWS."""
    answer = client(server, **options).get_authorization_token()["authorizationData"][0]
    password = base64.b64decode(answer["authorizationToken"]).decode().removeprefix("AWS:")
    server.secrets.add(password)
    server.secrets.add(answer["authorizationToken"])
    return password


class Failure:
    code = message = status = response = None


@contextlib.contextmanager
def refused(code, message=None):
    """The block must end in this ECR error; with a message, in exactly this one."""
    failure = Failure()
    try:
        yield failure
    except botocore.exceptions.ClientError as error:
        failure.response = error.response
        failure.code, failure.message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        failure.status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    assert failure.code is not None, f"not refused; expected {code}"
    assert failure.code == code, (failure.code, failure.message)
    assert failure.status == 400, failure.status
    if message is not None:
        assert failure.message == message


def headers_for(operation):
    """An operation of ECR by its name, of another service as SERVICE.NAME."""
    target = operation if "." in operation else TARGET + operation
    return {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}


def signed(server, body, headers, *, method="POST", path="/", region=None, service="ecr", key=None):
    """A request signed by botocore's own signer, ready to be spoiled by a test."""
    url = server.url + path
    request = botocore.awsrequest.AWSRequest(method=method, url=url, data=body, headers=headers)
    credentials = botocore.credentials.Credentials(*(key or server.key()))
    botocore.auth.SigV4Auth(credentials, service, region or server.region).add_auth(request)
    return dict(request.headers.items())


def send(server, body, headers, *, path="/", method="POST"):
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, server.url + path, data=body, headers=headers, timeout=60,
                               verify=str(server.tls.authority) if server.tls else True)


def call_raw(server, operation, body, **options):
    """Signs and sends any body under an operation's name; the answer, unjudged."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return send(server, data, signed(server, data, headers_for(operation), **options))


def berth_call(server, operation, body):
    """A call of Berth's own service that must succeed; its parsed answer."""
    answer = call_raw(server, "Berth." + operation, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def error_of(answer):
    """(status, code, message) of an error answer, after its form was checked."""
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1", answer.headers
    assert answer.headers.get("x-amzn-RequestId"), answer.headers
    document = answer.json()
    assert set(document) >= {"__type", "message"}, document
    return answer.status_code, document["__type"], document["message"]
