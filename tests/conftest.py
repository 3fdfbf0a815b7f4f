"""Set up Hypothesis, and share a copy of the content that may be broken."""

import shutil

import pytest
from helpers import DATA
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=2000)
settings.register_profile(  # the same few cases, and no shrinking
    "mutation",
    deadline=None,
    max_examples=5,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow,),
)
settings.load_profile("default")


@pytest.fixture(name="folder")
def _folder(tmp_path):
    """Give a copy of the bundled content, free to be broken."""
    return shutil.copytree(DATA, tmp_path / "content")
