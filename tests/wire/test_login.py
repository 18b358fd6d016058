"""`aws ecr get-login-password | CLIENT login`, with both generations of the AWS CLI and every client."""
import pytest

from harness import ecr
from harness.clients import AWS_V1, AWS_V2, find

LOGIN = {
    "skopeo": ["skopeo", "login", "--tls-verify=false", "-u", "AWS", "--password-stdin"],
    "crane": ["crane", "auth", "login", "-u", "AWS", "--password-stdin"],
    "oras": ["oras", "login", "--plain-http", "-u", "AWS", "--password-stdin"],
    "regctl": ["regctl", "registry", "login", "-u", "AWS", "--pass-stdin"],
    "helm": ["helm", "registry", "login", "--plain-http", "-u", "AWS", "--password-stdin"],
    "buildah": ["buildah", "login", "--tls-verify=false", "-u", "AWS", "--password-stdin"],
}


@pytest.mark.parametrize("cli", [AWS_V2, AWS_V1], ids=["aws-v2", "aws-v1"])
@pytest.mark.parametrize("client", LOGIN)
def test_login(server, place, cli, client):
    assert find(client), f"{client} is not installed"
    if client == "regctl":
        place.run("regctl", "registry", "set", "--skip-check", "--tls", "disabled", server.host)
    password = place.aws(cli, "ecr", "get-login-password")
    server.secrets.add(password.strip())
    place.run(*LOGIN[client], server.host, input=password)


@pytest.mark.parametrize("client", [c for c in LOGIN if c not in ("crane", "regctl")])
def test_login_with_a_wrong_password(server, place, client):
    """crane and regctl only write the password down; the others ask the server."""
    assert place.attempt(*LOGIN[client], server.host, input="wrong").code != 0


def test_wrong_keys_get_no_password(server, place):
    place.environment["AWS_SECRET_ACCESS_KEY"] = "x" * 40
    ran = place.attempt(AWS_V2, "--endpoint-url", server.url, "ecr", "get-login-password")
    assert ran.code != 0 and "InvalidSignatureException" in ran.err
    place.environment["AWS_ACCESS_KEY_ID"] = "AKIAIOSFODNN7EXAMPLE"
    ran = place.attempt(AWS_V2, "--endpoint-url", server.url, "ecr", "get-login-password")
    assert ran.code != 0 and "UnrecognizedClientException" in ran.err


def test_first_start_writes_the_root_key(server):
    path = server.data / "credentials"
    assert path.stat().st_mode & 0o777 == 0o600
    key, secret = server.key()
    assert key.startswith("AKIA") and len(key) == 20 and len(secret) == 40
    server.restart()
    assert server.key() == (key, secret)


def test_root_key_from_the_environment(servers):
    server = servers.start(environment={"BERTH_ROOT_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST",
                                        "BERTH_ROOT_SECRET_ACCESS_KEY": "a-secret-from-outside-0123456789"})
    assert not (server.data / "credentials").exists()
    ecr.client(server).create_repository(repositoryName="by/environment")


def test_a_root_key_of_the_environment_takes_the_place_of_the_one_before(servers):
    """A key that leaked must be gone once another is given."""
    server = servers.start()
    leaked = server.key()
    server.stop()
    given = {"BERTH_ROOT_ACCESS_KEY_ID": "AKIATESTTESTTESTTEST", "BERTH_ROOT_SECRET_ACCESS_KEY": "a-secret-from-outside-0123456789"}
    server.environment = given
    server.start()
    with ecr.refused("UnrecognizedClientException"):
        ecr.client(server, key=leaked).describe_repositories()
    ecr.client(server).describe_repositories()
    assert not (server.data / "credentials").exists()
    server.stop()
    server.environment = {}
    server.start()
    made = server.key()
    assert made[0] not in (leaked[0], given["BERTH_ROOT_ACCESS_KEY_ID"])
    ecr.client(server).describe_repositories()
    with ecr.refused("UnrecognizedClientException"):
        ecr.client(server, key=tuple(given.values())).describe_repositories()


def test_a_token_outlives_a_restart(servers):
    from harness.oci import Oci
    server = servers.start()
    token = ecr.token(server)
    server.restart()
    assert Oci(server.url, token).request("GET", "/v2/").status_code == 200
