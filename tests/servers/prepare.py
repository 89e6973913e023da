"""Fetch ahead of time what the test servers need from npm: `python -m tests.servers.prepare`, part of `make setup`."""

from __future__ import annotations

from tests.servers import chromium, node, telegram

if __name__ == "__main__":
    node.installed(telegram.FOLDER)
    print(f"Chromium for the browser tests: {chromium.path()}")
