"""The command line: each command is a thin face of a Python function."""
