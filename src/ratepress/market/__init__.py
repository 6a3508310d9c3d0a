"""What payers pay: keys, flags, votes and percentiles. The work is done in `sql`."""
