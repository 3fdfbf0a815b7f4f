"""Put the texts of records into another language, each with its history."""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable  # attrs reads the annotations
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    NamedTuple,
    TypeAlias,
    TypeVar,
    get_args,
)

import attrs

from .errors import FallbackWarning, LocaleError
from .model import (
    Caution,
    Event,
    LocaleInfo,
    Notice,
    OwnSynonym,
    Statement,
    Synonym,
    Translation,
)
from .records import Source
from .tags import canonical, direction_of, language_and_script
from .text import Text, TextOrigin, flaw
from .vocabulary import FOLDERS, Fallback, Stale, TranslationStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .records import Record
    from .text import Direction

_T = TypeVar("_T", bound="Record | Notice | Event")
_STATUSES: Final = get_args(TranslationStatus)
#: Takes a key, the words in the base language and the language wanted.
Translator: TypeAlias = "Callable[[str, str, str], str | None]"


class Policy(NamedTuple):
    """Say which translations may be shown, and what to do without one."""

    fallback: Fallback = "allow"
    min_status: TranslationStatus = "draft"
    stale: Stale = "show"


class Entry(NamedTuple):
    """Hold a translation, and who brought it.

    Attributes:
        lang: its language, where that is not the one of its pack.
    """

    translation: Translation
    origin: TextOrigin
    lang: str | None = None


class Name(NamedTuple):
    """Hold a name that a language has of its own, and who brought it."""

    synonym: OwnSynonym
    origin: TextOrigin
    lang: str | None = None


class Pack(NamedTuple):
    """Hold all translations into one language, by the keys of the texts.

    Attributes:
        names: the language's own synonyms, by the home of their record.
    """

    info: LocaleInfo
    entries: Mapping[str, Entry]
    names: Mapping[str, tuple[Name, ...]] = MappingProxyType({})

    def under(self, other: Pack) -> Pack:
        """Lay another pack over this one; each text keeps its language."""
        own = self.info.locale
        entries = {
            key: it._replace(lang=it.lang or own)
            for key, it in self.entries.items()
        } | dict(other.entries)
        names = {
            home: tuple(it._replace(lang=it.lang or own) for it in held)
            for home, held in self.names.items()
        }
        for home, more in other.names.items():
            names[home] = more + names.get(home, ())
        return Pack(other.info, entries, names)

    def beyond(self, other: Pack) -> Pack:
        """Leave out the own names that another pack below this one has."""
        names = {}
        for home, held in self.names.items():
            known = {it.synonym for it in other.names.get(home, ())}
            if rest := tuple(it for it in held if it.synonym not in known):
                names[home] = rest
        return self._replace(names=names)


def pack_files(pack: Pack, order: Iterable[str]) -> dict[str, Any]:
    """Give the files of a pack as plain data, keys in the given order."""
    rank = {key: index for index, key in enumerate(order)}
    files: dict[str, Any] = {"locale.json": pack.info.to_dict()}
    for key in sorted(
        pack.entries, key=lambda it: (rank.get(it, len(rank)), it)
    ):
        folder, id = key.partition("#")[0].split("/")[:2]
        file = files.setdefault(f"{folder}/{id}.json", {"id": id, "texts": {}})
        file["texts"][key] = pack.entries[key].translation.to_dict()
    for home, names in pack.names.items():
        empty = {"id": home.partition("/")[2], "texts": {}}
        file = files.setdefault(f"{home}.json", empty)
        file["synonyms"] = [name.synonym.to_dict() for name in names]
    return files


class Omitted(Exception):  # it is no error, but an answer
    """Say that a record cannot be shown, for want of a translation."""


def home_of(item: Record | Notice | Event) -> str:
    """Give the path that the keys of a record's texts begin with."""
    return f"{FOLDERS[item.record_kind]}/{item.id}"


def texts_of(item: Record | Notice | Event) -> Iterator[tuple[str, Text]]:
    """Go through the texts that can be translated, each with its key.

    Titles of sources are names of works, and stay as they are; so does the
    history, which is for those who build on the content.
    """
    home = home_of(item)
    if isinstance(item, Notice):
        yield home, item.text
        return
    if isinstance(item, (Source, Event)):
        return
    yield f"{home}#name", item.name
    term = getattr(item, "clinical_term", None)
    if term is not None:
        yield f"{home}#clinical_term", term
    for synonym in item.synonyms:
        yield f"{home}#synonyms/{synonym.text}", synonym.text
    for statement in item.statements:
        yield statement.id, statement.text
        for caution in statement.cautions:
            yield caution.id, caution.text


@attrs.frozen(kw_only=True)
class Speaker:
    """Say each text in the language that was asked for, as far as it can."""

    requested: str
    policy: Policy
    pack: Pack | None = None
    translator: Translator | None = None
    translator_status: TranslationStatus = "draft"
    pseudo: Callable[[str], str] | None = None

    @property
    def direction(self) -> Direction:
        """Tell which way translated texts run."""
        if self.pack is not None:
            return self.pack.info.direction
        return direction_of(self.requested)

    def say(self, key: str, text: Text) -> Text | None:
        """Give a text in the language, or what the policy wants instead.

        None says that it is to be left out.

        Raises:
            LocaleError: there is no translation, and the policy is to raise.
        """
        said = self.keep(key, text)
        if said.is_fallback:
            if self.policy.fallback == "omit":
                return None
            self._complain(key, text.lang)
        return said

    def keep(self, key: str, text: Text) -> Text:
        """Give a text in the language, or else in the base language."""
        return self._find(key, text) or self.leave(text)

    def leave(self, text: Text) -> Text:
        """Give a text as it is, and say which language was asked for."""
        spoken = language_and_script(text.lang)
        return Text(
            text,
            lang=text.lang,
            requested=self.requested,
            is_fallback=spoken != language_and_script(self.requested),
            dir=text.dir,
        )

    def names(self, home: str) -> Iterator[Synonym]:
        """Give the names that the language has of its own for a record."""
        if self.pack is None:
            return
        for own, origin, lang in self.pack.names.get(home, ()):
            spoken = lang or self.pack.info.locale
            text = self._text(own.text, spoken, own.status, origin)
            if text is not None:
                yield Synonym(text=text, type=own.type, code=own.code)

    def _complain(self, key: str, lang: str) -> None:
        reason = f"{key} has no translation that may be shown, only {lang}"
        if self.policy.fallback == "raise":
            raise LocaleError(self.requested, reason)
        if self.policy.fallback == "warn":
            message = f"{self.requested}: {reason}"
            warnings.warn(message, FallbackWarning, stacklevel=2)

    def _find(self, key: str, text: Text) -> Text | None:
        if self.pseudo is not None:
            made = self.pseudo(text)
            return self._text(made, self.requested, "draft", "pseudo")
        told = self._ask(key, text)
        if told is not None:
            status = self.translator_status
            return self._text(told, self.requested, status, "translator")
        entry = self.pack and self.pack.entries.get(key)
        if not entry or self.pack is None:
            return None
        given = entry.translation
        stale = is_stale(given, text)
        if stale and self.policy.stale == "fallback":
            return None
        lang = entry.lang or self.pack.info.locale
        return self._text(
            given.text, lang, given.status, entry.origin, stale=stale
        )

    def _text(
        self,
        words: str,
        lang: str,
        status: TranslationStatus,
        origin: TextOrigin,
        *,
        stale: bool = False,
    ) -> Text | None:
        least = self.policy.min_status
        if _STATUSES.index(status) < _STATUSES.index(least):
            return None
        return Text(
            words,
            lang=lang,
            requested=self.requested,
            status=status,
            stale=stale,
            dir=self.direction,
            origin=origin,
        )

    def _ask(self, key: str, text: Text) -> str | None:
        if self.translator is None:
            return None
        told = self.translator(key, str(text), self.requested)
        if told is None or told == text:
            return None
        if not isinstance(told, str):
            message = (
                f"the translator should give text or None for {key}, "
                f"not {told!r:.50}"
            )
            raise TypeError(message)
        told = unicodedata.normalize("NFC", told)
        if wrong := flaw(told):
            reason = f"the translator's text for {key} {wrong}"
            raise LocaleError(self.requested, reason)
        return told


def is_stale(given: Translation, text: str) -> bool:
    """Tell whether the words that were translated have changed since."""
    return unicodedata.normalize("NFC", given.source) != text


def localize(item: _T, speaker: Speaker) -> _T:
    """Give a copy of a record with its texts in the speaker's language.

    Nobody reviewed the wording of a translation: a signature of the base
    text does not come along.

    Raises:
        Omitted: the policy is to omit, and the record cannot do without.
        LocaleError: the policy is to raise, and a translation is missing.
    """
    home = home_of(item)
    if isinstance(item, Source):
        return attrs.evolve(item, name=speaker.leave(item.name))
    if isinstance(item, Notice):
        return attrs.evolve(item, text=speaker.keep(home, item.text))
    if isinstance(item, Event):
        harm = item.harm and speaker.leave(item.harm)
        return attrs.evolve(item, reason=speaker.leave(item.reason), harm=harm)
    changes: dict[str, Any] = {
        "name": speaker.say(f"{home}#name", item.name),
        "statements": tuple(_statements(item, speaker)),
    }
    if changes["name"] is None:
        raise Omitted
    kept = {statement.id for statement in changes["statements"]}
    for field in ("summary_id", "measures_id", "why_id"):
        if getattr(item, field, None) not in {None, *kept}:
            raise Omitted
    changes["synonyms"] = tuple(_synonyms(item, changes["name"], speaker))
    term = getattr(item, "clinical_term", None)
    if term is not None:
        key = f"{home}#clinical_term"
        changes["clinical_term"] = speaker.say(key, term)
    found = attrs.evolve(item, **changes)
    if any(text.origin != "base" for _, text in texts_of(found)):
        found = attrs.evolve(found, text_review=None)
    return found


def _synonyms(item: Record, name: str, speaker: Speaker) -> Iterator[Synonym]:
    """Translate the other names; those that fall together are one."""
    home = home_of(item)
    seen = {name.casefold()}
    told = (
        (it, speaker.say(f"{home}#synonyms/{it.text}", it.text))
        for it in item.synonyms
    )
    found = (
        attrs.evolve(it, text=text) for it, text in told if text is not None
    )
    for synonym in (*found, *speaker.names(home)):
        if synonym.text.casefold() not in seen:
            seen.add(synonym.text.casefold())
            yield synonym


def _statements(item: Record, speaker: Speaker) -> Iterator[Statement]:
    for statement in item.statements:
        text = speaker.say(statement.id, statement.text)
        if text is not None:
            cautions = tuple(
                _caution(it, speaker) for it in statement.cautions
            )
            yield attrs.evolve(statement, text=text, cautions=cautions)


def _caution(caution: Caution, speaker: Speaker) -> Caution:
    """Translate a caution; a safety caution in a draft keeps its original."""
    text = speaker.keep(caution.id, caution.text)
    beside = None
    if caution.safety and text.status == "draft":
        beside = speaker.leave(caution.text)
    return attrs.evolve(caution, text=text, original=beside)


def check_pack_tag(tag: str, base: str) -> str:
    """Give the canonical form of a tag that there may be a pack for.

    Raises:
        LocaleError: it is none, names no language, is the base language, or
            is made up to test layouts.
    """
    name = canonical(tag)
    if name == base:
        raise LocaleError(tag, "is the base language: overlay the content")
    if name in PSEUDO:
        raise LocaleError(tag, "is made up, and has no pack")
    if language_and_script(name) is None:
        raise LocaleError(tag, "names no language")
    return name


_ACCENTED: Final = str.maketrans(
    "AEIOUYaeiouyCcNnSsZz", "ÅÉÎÖÛÝåéîöûýÇçÑñŠšŽž"
)
_PADDING: Final = " one two three four five six seven eight nine ten"
_RLM: Final = "\N{RIGHT-TO-LEFT MARK}"


def _accented(text: str) -> str:
    """Make words longer and accented, in brackets that show a cut."""
    more = _PADDING[: max(4, len(text) * 2 // 5)].rstrip()
    return f"⟦{text.translate(_ACCENTED)}{more}⟧"


def _mirrored(text: str) -> str:
    """Set marks around each word, as if it ran from right to left."""
    return " ".join(f"{_RLM}{word}{_RLM}" for word in text.split(" "))


#: Languages that are made up, to test a layout with.
PSEUDO: Final[Mapping[str, Callable[[str], str]]] = MappingProxyType(
    {"en-XA": _accented, "ar-XB": _mirrored}
)
