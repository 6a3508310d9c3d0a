"""Claim lines checked against modifiers, units, edits, add-ons, repeats and global periods."""
