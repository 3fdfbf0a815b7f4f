"""Set up Hypothesis, and share a copy of the content that may be broken."""

import shutil

import pytest
from helpers import DATA
from hypothesis import settings

settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=2000)
settings.load_profile("default")


@pytest.fixture(name="folder")
def _folder(tmp_path):
    """Give a copy of the bundled content, free to be broken."""
    return shutil.copytree(DATA, tmp_path / "content")
