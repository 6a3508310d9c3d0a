"""Holds a hospital file to the CMS template of its version: rules F400 to F459, for `inspect`.

Nothing is loaded or changed by it. The readers beside it are more lenient, and count what they
make of a fault under rules of their own (F2xx).
"""
