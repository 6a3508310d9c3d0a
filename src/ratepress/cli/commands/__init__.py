"""One module for each command, each a thin face of a Python function.

What is heavy (Arrow, DuckDB, the readers) is imported inside the function, so that `--help` is
quick.
"""
