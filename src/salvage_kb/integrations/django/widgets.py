"""Draw choices so that each says which language it is in."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from salvage_kb.text import Text


class _Spoken:
    """Write ``lang`` and ``dir`` on each option with a text of the content."""

    def create_option(
        self, name: str, value: Any, label: Any, *args: Any, **more: Any
    ) -> dict[str, Any]:
        base: Any = super()
        option: dict[str, Any] = base.create_option(
            name, value, label, *args, **more
        )
        if isinstance(label, Text):
            option["attrs"] |= {"lang": label.lang, "dir": label.dir}
        return option


#: A box to choose one from.
Select: Final[Any] = type("Select", (_Spoken, forms.Select), {})
#: A box to choose some from.
SelectMultiple: Final[Any] = type(
    "SelectMultiple", (_Spoken, forms.SelectMultiple), {}
)
