"""Build the documentation: ``sphinx-build -W docs docs/_build``."""

project = "salvage-kb"
author = "The salvage-kb maintainers"
extensions = ["myst_parser"]
myst_heading_anchors = 2
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["wrap.css"]
