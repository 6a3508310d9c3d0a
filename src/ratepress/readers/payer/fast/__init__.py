"""The fast reader of in-network files. Only what imports it needs Numba."""
