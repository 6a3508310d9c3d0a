"""Inpatient stays under IPPS: the rules P60 to P66, in SQL and in plain Python."""
