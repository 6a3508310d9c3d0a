"""URLs in, files out: resume, hashes, politeness, and the files that an index lists."""
