"""What every test may ask for. Real servers come from tests/servers; fakes are built in the test that uses them."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("NO_COLOR", "1")
for name in [name for name in os.environ if name.startswith("GATEWAY__")]:
    del os.environ[name]  # a developer's own settings must not reach the tests

settings.register_profile("gateway", deadline=None)  # a busy machine is no failure
settings.load_profile("gateway")

pytest_plugins = ["tests.servers.fixtures"]
