"""Sphinx: MyST pages, furo theme, API pages from docstrings. Built by `make docs`."""

from __future__ import annotations

from importlib import metadata

project = "Ratepress"
author = "The Ratepress authors"
project_copyright = "The Ratepress authors. CPT is a trademark of the American Medical Association"
release = metadata.version("ratepress")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
# Docstrings put code in single backticks, as Markdown does.
default_role = "code"

html_theme = "furo"
html_title = f"Ratepress {release}"
html_static_path = ["_static"]
html_show_sphinx = False
