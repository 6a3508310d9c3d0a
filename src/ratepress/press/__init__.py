"""The dossier as pages and data files. Nothing is computed here."""
