"""Be a Django app: choices, template tags and a system check.

It needs the extra ``django``, and is installed as
``"salvage_kb.integrations.django"``. The setting `SALVAGE_KB` may change
which content it shows.
"""

try:
    import django  # noqa: F401  # only to say that it is missing
except ModuleNotFoundError:
    message = "this needs an extra: pip install 'salvage-kb[django]'"
    raise ImportError(message) from None

from .content import RecordKind, check_ids, choices, knowledge_base

choices.__module__ = __name__  # migrations name it by that

__all__ = ["RecordKind", "check_ids", "choices", "knowledge_base"]
