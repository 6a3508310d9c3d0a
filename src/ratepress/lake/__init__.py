"""Where everything read is kept: Parquet tables and the manifest that says which count."""
