import pytest

from harness.clients import Workplace
from harness.images import RealImages


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    return RealImages(tmp_path_factory.mktemp("images"))


@pytest.fixture
def place(server, tmp_path):
    """A home for clients of the module's server, not logged in anywhere."""
    return Workplace(tmp_path / "home", server)
