"""Professional claim lines: the physician fee schedule and its rules that span lines."""
