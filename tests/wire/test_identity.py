"""A registry is (account, region); the Host header chooses it."""
import pytest

from harness import ecr
from harness.ecr import refused
from harness.oci import Oci, error_of
from harness.clients import Workplace


@pytest.fixture
def here(servers):
    return servers.start(account="123456789012", region="eu-west-3")


def host(account, region, domain="berth.test"):
    return {"Host": f"{account}.dkr.ecr.{region}.{domain}"}


def test_account_and_region_of_the_command_line(here):
    made = ecr.client(here).create_repository(repositoryName="my/app")["repository"]
    assert made["registryId"] == "123456789012"
    assert made["repositoryArn"] == "arn:aws:ecr:eu-west-3:123456789012:repository/my/app"
    assert ecr.client(here, "sts").get_caller_identity()["Account"] == "123456789012"


def test_own_name_and_any_other_mean_the_default(here):
    ecr.client(here).create_repository(repositoryName="my/app")
    token = ecr.token(here)
    for headers in (host("123456789012", "eu-west-3"), host("123456789012", "eu-west-3", "amazonaws.com"),
                    {"Host": "registry.example"}, {"Host": "localhost:5000"}, {"Host": "[::1]:5000"}):
        assert Oci(here.url, token, headers=headers).tags("my/app").status_code == 200, headers


def test_other_accounts_and_regions_are_other_registries(here):
    ecr.client(here).create_repository(repositoryName="my/app")
    token = ecr.token(here)
    answer = Oci(here.url, token, headers=host("999999999999", "eu-west-3")).tags("my/app")
    assert error_of(answer) in (
        (404, "NAME_UNKNOWN", "The repository with name 'my/app' does not exist in the registry with id '999999999999'"),
    ) or error_of(answer)[:2] == (403, "DENIED")
    # A token is good for its own region only.
    assert Oci(here.url, token, headers=host("123456789012", "us-west-2")).tags("my/app").status_code in (401, 403)


def test_repository_uri_follows_the_name_that_was_called(here):
    """The URI of an answer is one its caller can use as it is."""
    made = ecr.client(here).create_repository(repositoryName="my/app")["repository"]
    assert made["repositoryUri"] == f"{here.host}/my/app"


@pytest.mark.parametrize("bad", ["1234.dkr.ecr.eu-west-3.berth.test", "abcdefghijkl.dkr.ecr.eu-west-3.berth.test",
                                 "123456789012.dkr.ecr..berth.test", "123456789012.dkr.ecr.eu-west-3", "\u00e4", "a" * 3000])
def test_odd_hosts(here, bad):
    answer = Oci(here.url, ecr.token(here), headers={"Host": bad.encode("latin-1")}).request("GET", "/v2/")
    assert answer.status_code in (200, 400, 401, 403, 404)


def test_crane_by_the_uri(here, tmp_path):
    from harness.images import Layout, add_image, tar_gz
    layout = Layout(tmp_path / "layout")
    layout.name(add_image(layout, "amd64", [tar_gz({"a": b"b"})]), "v1")
    made = ecr.client(here).create_repository(repositoryName="my/app")["repository"]
    place = Workplace(tmp_path / "home", here)
    place.run("crane", "auth", "login", made["repositoryUri"].split("/")[0], "-u", "AWS", "--password-stdin",
              input=place.password())
    place.run("crane", "push", layout.folder, made["repositoryUri"] + ":v1")
    assert place.run("crane", "ls", made["repositoryUri"]).split() == ["v1"]


def test_signature_for_another_region(here):
    with refused("InvalidSignatureException"):
        ecr.client(here, region="us-east-1").describe_registry()


def test_a_folder_of_another_registry_is_served_with_a_warning(servers):
    server = servers.start(account="123456789012", region="eu-west-3")
    server.restart()
    assert "made for another registry" not in server.log()
    server.stop()
    other = servers.start(data=server.data, account="999999999999", region="eu-west-3")
    warning, = (line for line in other.log().splitlines() if "made for another registry" in line)
    assert "123456789012/eu-west-3" in warning and "999999999999/eu-west-3" in warning
