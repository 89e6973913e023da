"""What every test may ask for. Real servers come from tests/servers; fakes are built in the test that uses them."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

os.environ.setdefault("NO_COLOR", "1")
for name in [name for name in os.environ if name.startswith("GATEWAY__")]:
    del os.environ[name]  # a developer's own settings must not reach the tests

settings.register_profile("gateway", deadline=None)  # a busy machine is no failure
settings.load_profile("gateway")

pytest_plugins = ["tests.servers.fixtures"]


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """A test that starts the product's log writes into a stream that ends with it; the next test shall not."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)
