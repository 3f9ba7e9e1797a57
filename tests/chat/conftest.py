"""The plant's chatbot, one server for the tests of a file, as new for each of them."""

from collections.abc import Iterator

import pytest

from tests.chat.contract_plant import Plant
from tests.chat.contract_server import make_server


@pytest.fixture(scope="module")
def plant_server() -> Iterator[Plant]:
    with make_server() as plant:
        yield plant


@pytest.fixture
def plant(plant_server: Plant) -> Plant:
    """A contract server without a key, its columns widened, that knows issue ``I-1`` and nothing else."""
    plant_server.web.forget()
    plant_server.reset()
    plant_server.made_easy()
    plant_server.store_issue("I-1")
    return plant_server
