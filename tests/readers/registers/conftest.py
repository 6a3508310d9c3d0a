"""Fixtures of these tests."""

from medicare_layouts import load_medicare  # noqa: F401
