"""Take the pictures of the patient site that the documentation shows."""

import tempfile
from pathlib import Path

from patient_site import HERE, build, chromium

FOLDER = HERE.parent / "docs" / "_static" / "patient-site"
WIDE = {"width": 960, "height": 900}
PHONE = {"width": 360, "height": 740}
PICTURES = {
    "start": ("en/index.html", WIDE, "light"),
    "copd": ("en/conditions/copd.html", WIDE, "light"),
    "copd-dark": ("en/conditions/copd.html", WIDE, "dark"),
    "copd-arabic": ("ar/conditions/copd.html", WIDE, "light"),
    "phone": ("es/conditions/hiv.html", PHONE, "light"),
    "phone-dark": ("zh-Hans/side_effects/hair-loss.html", PHONE, "dark"),
}


def main() -> None:
    """Build the site, and take each picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, chromium() as browser:
        site = build(Path(made))
        for name, (path, size, scheme) in PICTURES.items():
            page = browser.new_page(viewport=size, color_scheme=scheme)
            page.goto((site / path).as_uri())
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
