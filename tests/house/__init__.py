"""Reading the source tree for tests/test_house.py: which files there are, and how long their functions are."""
