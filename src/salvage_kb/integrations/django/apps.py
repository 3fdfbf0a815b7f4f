"""Tell Django what the app is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core import checks

if TYPE_CHECKING:
    AppConfig = object  # Django has no types
else:
    from django.apps import AppConfig


class SalvageKBConfig(AppConfig):
    """Set the app up. It has no models."""

    name = "salvage_kb.integrations.django"
    label = "salvage_kb"
    verbose_name = "Salvage therapy"

    def ready(self) -> None:
        """Register the check, under the tag ``salvage_kb``."""
        from .checks import check

        checks.register(check, "salvage_kb")
