"""The sections of a dossier, one module each, in the order of the page."""
