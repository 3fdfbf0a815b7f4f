"""Build the patient site, and start a browser for it."""

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from salvage_kb import kb

HERE = Path(__file__).parent
#: Pages that differ in kind, direction, script and length.
KEY_PAGES = (
    "index.html",
    "en/index.html",
    "en/conditions/copd.html",
    "ar/conditions/copd.html",
    "es/conditions/hiv.html",
    "hi/all.html",
)
FOLDERS = (
    "topics",
    "conditions",
    "modalities",
    "side_effects",
    "monitoring_tests",
)
#: Keep the browser from asking for anything that is not a page of ours.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def all_pages():
    """Go through the paths of all pages that the site should have."""
    yield "index.html"
    for tag in kb.locales:
        yield from (f"{tag}/{it}.html" for it in ("index", "all", "about"))
        for folder in FOLDERS:
            ids = getattr(kb, folder).ids
            yield from (f"{tag}/{folder}/{id}.html" for id in ids)


def build(folder):
    """Build the site as those do who copy the example."""
    script = HERE.parent / "examples" / "patient-site" / "build.py"
    subprocess.run([sys.executable, script, "-o", folder], check=True)
    return folder


@contextmanager
def chromium():
    """Start the Chromium of this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "install Chromium, for example: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=[*QUIET]
        )
        yield browser
        browser.close()
