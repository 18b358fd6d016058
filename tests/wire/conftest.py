import pytest

from harness.clients import Workplace
from harness.docker import Engine, Unavailable
from harness.images import RealImages


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    return RealImages(tmp_path_factory.mktemp("images"))


@pytest.fixture
def place(server, tmp_path):
    """A home for clients of the module's server, not logged in anywhere."""
    return Workplace(tmp_path / "home", server)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A Docker engine for the module; it dies with it."""
    own = Engine(tmp_path_factory.mktemp("engine"))
    try:
        yield own.start()
    except Unavailable as why:
        pytest.skip(str(why))
    finally:
        own.stop()
