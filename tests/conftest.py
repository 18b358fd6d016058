"""What the wire tests and the crash test share: servers, clients of them, names that are used once."""
import itertools

import pytest

from harness import ecr, tls
from harness.oci import Oci
from harness.server import Server


@pytest.fixture(scope="session")
def throwaway_tls(tmp_path_factory):
    return tls.make(tmp_path_factory.mktemp("tls"))


class Servers:
    """Starts servers and, at the end, stops and judges every one that still runs."""

    def __init__(self, factory):
        self.factory = factory
        self.running = []

    def prepare(self, **options):
        """One that is not started yet, but has its port."""
        server = Server(self.factory(), **options)
        self.running.append(server)
        return server

    def start(self, **options):
        return self.prepare(**options).start()

    def close(self):
        problems = []
        for server in self.running:
            try:
                if server.process and server.process.poll() is None:
                    server.stop()
            except AssertionError as problem:
                problems.append(str(problem))
            finally:
                server.kill()
        assert not problems, "\n".join(problems)


@pytest.fixture
def servers(tmp_path_factory):
    """For tests that need a server of their own: servers.start(config=…)."""
    own = Servers(lambda: tmp_path_factory.mktemp("server"))
    yield own
    own.close()


@pytest.fixture(scope="module")
def module_servers(tmp_path_factory):
    shared = Servers(lambda: tmp_path_factory.mktemp("server"))
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def server(module_servers):
    """One for the module, with the defaults; tests share it and use repositories of their own."""
    return module_servers.start()


@pytest.fixture(scope="module")
def ecr_client(server):
    return ecr.client(server)


@pytest.fixture(scope="module")
def token(server):
    return ecr.token(server)


@pytest.fixture(scope="module")
def oci(server, token):
    return Oci(server.url, token)


numbers = itertools.count(1)


@pytest.fixture
def name(request):
    """A repository name nobody else uses."""
    test = "".join(c if c.isalnum() else "-" for c in request.node.originalname.lower()).strip("-")
    while "--" in test:
        test = test.replace("--", "-")
    return f"wire/{test.removeprefix('test-')}-{next(numbers)}"


@pytest.fixture
def repository(ecr_client, name):
    """A fresh repository on the module's server; its name."""
    ecr_client.create_repository(repositoryName=name)
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the ends of the logs of the servers it used."""
    report = yield
    if report.failed:
        used = [v for v in getattr(item, "funcargs", {}).values() if isinstance(v, (Server, Servers))]
        for server in {id(s): s for u in used for s in (u.running if isinstance(u, Servers) else [u])}.values():
            report.sections.append((f"log of the server on {server.host}", server.log_tail()))
    return report
