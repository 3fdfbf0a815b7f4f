"""Build the documentation: ``sphinx-build -W docs docs/_build``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "salvage-kb"
author = "The salvage-kb maintainers"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "catalogue",
    "commands",
    "docstrings",
]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

default_role = "py:obj"  # of docstrings
add_module_names = False
smartquotes_action = "De"  # leave the quotes of Python alone
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 68
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
#: Let signatures name these, and lead to the words that they stand for.
autodoc_type_aliases = {
    name: f"salvage_kb.{module}.{name}"
    for module, names in {
        "vocabulary": "Category ModalityKind BodySystem Aspect Timing Match ReadAs SynonymType CautionKind Significance Fate NoticeKind Origin TranslationStatus Fallback Stale Kind",
        "text": "TextStatus TextOrigin Direction",
        "review": "SourceState TextState Basis",
    }.items()
    for name in names.split()
}
napoleon_use_ivar = True
napoleon_attr_annotations = False  # signatures have them

html_theme = "furo"
html_title = "salvage-kb"
html_static_path = ["_static"]
html_css_files = ["wrap.css", "catalogue.css"]
html_copy_source = False
html_show_copyright = False
