"""What Medicare pays: dated parameters, the release for a date, prices that explain themselves."""
