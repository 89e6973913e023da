"""Real servers for tests, all from PyPI or npm (docs/adr/0012-test-servers.md). `fixtures` hands them out."""
