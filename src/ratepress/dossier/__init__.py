"""Everything known about one code, as a tree of facts and gaps."""
