"""The fast reading of hospital CSV files: columns in place of rows, and the same rows left.

A file is cut into windows of records (`windows`); a window's cells become columns of text, and
items, charges and rates are made of whole columns (`items`, `charges`, `rates`). Distinct texts
that need judgement go through the functions of the plain loader, once each. Where the shape of
the records is odd, Python's own parser cuts that window; where nothing else helps, the plain
reader reads the file anew.
"""
