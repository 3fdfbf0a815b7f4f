"""Hold the words that stand around the content on a page, by language.

Like all translations here they are drafts by a machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from .locales import direction_of
from .tags import choose
from .text import Text
from .vocabulary import Aspect

if TYPE_CHECKING:
    from collections.abc import Mapping

Word: TypeAlias = Literal[
    Aspect,
    "caution",
    "safety",
    "term",
    "called",
    "see-also",
    "sources",
    "no-address",
    "note",
    "reviewed",
    "signed",
    "unreviewed",
    "draft",
    "stale",
    "local",
    "version",
]

_WORDS: Final[Mapping[str, Mapping[Word, str]]] = {
    "en": {
        "overview": "What it is",
        "indication": "When it is used",
        "treatment": "Treatment",
        "preparation": "Before the start",
        "side-effect": "Side effects",
        "monitoring": "Tests and checks",
        "follow-up": "Afterwards",
        "prognosis": "Outlook",
        "advice": "Good to know",
        "caution": "Caution",
        "safety": "Safety caution",
        "term": "Clinical term",
        "called": "Also called",
        "see-also": "See also",
        "sources": "Sources",
        "no-address": "address not known",
        "note": "Please note",
        "reviewed": "{who} last reviewed the source article on {day}. "
        "It was not a review of this text.",
        "signed": "{who} reviewed and signed this text on {day}.",
        "unreviewed": "Nobody has medically reviewed this text.",
        "draft": "This translation is a draft that nobody has checked. "
        "Translated by: {by}.",
        "stale": "The original has changed since it was translated.",
        "local": "Added locally",
        "version": "Content version {version}",
    },
    "es": {
        "overview": "Qué es",
        "indication": "Cuándo se usa",
        "treatment": "Tratamiento",
        "preparation": "Antes de empezar",
        "side-effect": "Efectos secundarios",
        "monitoring": "Pruebas y controles",
        "follow-up": "Después",
        "prognosis": "Perspectivas",
        "advice": "Conviene saber",
        "caution": "Advertencia",
        "safety": "Advertencia de seguridad",
        "term": "Término médico",
        "called": "También se llama",
        "see-also": "Véase también",
        "sources": "Fuentes",
        "no-address": "dirección desconocida",
        "note": "Nota",
        "reviewed": "{who} revisó por última vez el artículo de origen el "
        "{day}. No fue una revisión de este texto.",
        "signed": "{who} revisó y firmó este texto el {day}.",
        "unreviewed": "Ningún profesional médico ha revisado este texto.",
        "draft": "Esta traducción es un borrador que nadie ha comprobado. "
        "Traducción: {by}.",
        "stale": "El original ha cambiado desde que se tradujo.",
        "local": "Añadido localmente",
        "version": "Versión del contenido {version}",
    },
    "fr": {
        "overview": "Ce que c'est",
        "indication": "Quand on y a recours",
        "treatment": "Traitement",
        "preparation": "Avant le début",
        "side-effect": "Effets secondaires",
        "monitoring": "Examens et contrôles",
        "follow-up": "Après",
        "prognosis": "Perspectives",
        "advice": "Bon à savoir",
        "caution": "Mise en garde",
        "safety": "Mise en garde de sécurité",
        "term": "Terme médical",
        "called": "Autres noms",
        "see-also": "Voir aussi",
        "sources": "Sources",
        "no-address": "adresse inconnue",
        "note": "À noter",
        "reviewed": "{who} a relu l'article source pour la dernière fois le "
        "{day}. Ce n'était pas une relecture de ce texte.",
        "signed": "{who} a relu et signé ce texte le {day}.",
        "unreviewed": "Aucun professionnel de santé n'a relu ce texte.",
        "draft": "Cette traduction est une ébauche que personne n'a "
        "vérifiée. Traduction : {by}.",
        "stale": "L'original a changé depuis sa traduction.",
        "local": "Ajouté localement",
        "version": "Version du contenu {version}",
    },
    "de": {
        "overview": "Was es ist",
        "indication": "Wann sie eingesetzt wird",
        "treatment": "Behandlung",
        "preparation": "Vor dem Beginn",
        "side-effect": "Nebenwirkungen",
        "monitoring": "Tests und Kontrollen",
        "follow-up": "Danach",
        "prognosis": "Aussichten",
        "advice": "Gut zu wissen",
        "caution": "Hinweis",
        "safety": "Sicherheitshinweis",
        "term": "Fachwort",
        "called": "Auch genannt",
        "see-also": "Siehe auch",
        "sources": "Quellen",
        "no-address": "Adresse nicht bekannt",
        "note": "Zu beachten",
        "reviewed": "{who} hat den Quellenartikel zuletzt am {day} geprüft. "
        "Das war keine Prüfung dieses Textes.",
        "signed": "{who} hat diesen Text am {day} geprüft und gezeichnet.",
        "unreviewed": "Niemand hat diesen Text medizinisch geprüft.",
        "draft": "Diese Übersetzung ist ein Entwurf, den niemand geprüft "
        "hat. Übersetzt von: {by}.",
        "stale": "Das Original hat sich seit der Übersetzung geändert.",
        "local": "Lokal ergänzt",
        "version": "Inhaltsversion {version}",
    },
    "pt": {
        "overview": "O que é",
        "indication": "Quando se usa",
        "treatment": "Tratamento",
        "preparation": "Antes do início",
        "side-effect": "Efeitos colaterais",
        "monitoring": "Exames e controles",
        "follow-up": "Depois",
        "prognosis": "Perspectivas",
        "advice": "Bom saber",
        "caution": "Ressalva",
        "safety": "Ressalva de segurança",
        "term": "Termo médico",
        "called": "Também se chama",
        "see-also": "Ver também",
        "sources": "Fontes",
        "no-address": "endereço desconhecido",
        "note": "Observação",
        "reviewed": "{who} revisou o artigo de origem pela última vez em "
        "{day}. Não foi uma revisão deste texto.",
        "signed": "{who} revisou e assinou este texto em {day}.",
        "unreviewed": "Nenhum profissional de saúde revisou este texto.",
        "draft": "Esta tradução é um rascunho que ninguém verificou. "
        "Tradução: {by}.",
        "stale": "O original mudou desde que foi traduzido.",
        "local": "Acrescentado localmente",
        "version": "Versão do conteúdo {version}",
    },
    "hi": {
        "overview": "यह क्या है",
        "indication": "यह कब काम आता है",
        "treatment": "इलाज",
        "preparation": "शुरू होने से पहले",
        "side-effect": "दुष्प्रभाव",
        "monitoring": "जाँचें",
        "follow-up": "इसके बाद",
        "prognosis": "आगे की संभावना",
        "advice": "जानने योग्य",
        "caution": "सावधानी",
        "safety": "सुरक्षा से जुड़ी सावधानी",
        "term": "चिकित्सा शब्द",
        "called": "दूसरे नाम",
        "see-also": "यह भी देखें",
        "sources": "स्रोत",
        "no-address": "पता मालूम नहीं",
        "note": "ध्यान दें",
        "reviewed": "{who} ने स्रोत लेख की पिछली समीक्षा {day} को की थी। "
        "वह इस पाठ की समीक्षा नहीं थी।",
        "signed": "{who} ने {day} को इस पाठ की समीक्षा करके हस्ताक्षर किए।",
        "unreviewed": "किसी ने इस पाठ की चिकित्सकीय समीक्षा नहीं की है।",
        "draft": "यह अनुवाद एक मसौदा है जिसे किसी ने जाँचा नहीं है। अनुवाद: {by}।",
        "stale": "अनुवाद के बाद मूल पाठ बदल गया है।",
        "local": "स्थानीय रूप से जोड़ा गया",
        "version": "सामग्री का संस्करण {version}",
    },
    "ar": {
        "overview": "ما هو",
        "indication": "متى يُستخدم",
        "treatment": "العلاج",
        "preparation": "قبل البدء",
        "side-effect": "الآثار الجانبية",
        "monitoring": "الفحوص والمتابعة",
        "follow-up": "بعد العلاج",
        "prognosis": "التوقعات",
        "advice": "معلومات مفيدة",
        "caution": "تنبيه",
        "safety": "تنبيه يتعلق بالسلامة",
        "term": "المصطلح الطبي",
        "called": "أسماء أخرى",
        "see-also": "انظر أيضًا",
        "sources": "المصادر",
        "no-address": "العنوان غير معروف",
        "note": "ملاحظة",
        "reviewed": "آخر مراجعة للمقال المصدر أجراها {who} في {day}. "
        "ولم تكن مراجعة لهذا النص.",
        "signed": "راجع {who} هذا النص ووقّعه في {day}.",
        "unreviewed": "لم يراجع أحد هذا النص مراجعة طبية.",
        "draft": "هذه الترجمة مسودة لم يتحقق منها أحد. الترجمة: {by}.",
        "stale": "تغيّر النص الأصلي منذ ترجمته.",
        "local": "أُضيف محليًا",
        "version": "إصدار المحتوى {version}",
    },
    "zh-Hans": {
        "overview": "这是什么",
        "indication": "何时使用",
        "treatment": "治疗",
        "preparation": "开始之前",
        "side-effect": "副作用",
        "monitoring": "检查",
        "follow-up": "之后",
        "prognosis": "预后",
        "advice": "值得了解",
        "caution": "注意",
        "safety": "安全注意",
        "term": "医学术语",
        "called": "也叫",
        "see-also": "另见",
        "sources": "来源",
        "no-address": "地址不详",
        "note": "请注意",
        "reviewed": "{who} 最近一次审阅来源文章的日期是 {day}。"
        "那不是对本文字的审阅。",
        "signed": "{who} 于 {day} 审阅并签署了本文字。",
        "unreviewed": "没有人对本文字做过医学审阅。",
        "draft": "本译文是草稿，没有人核对过。翻译：{by}。",
        "stale": "原文在翻译之后有改动。",
        "local": "本地添加",
        "version": "内容版本 {version}",
    },
}


class Words:
    """Say such words in a language, or in English where there are none."""

    def __init__(self, tag: str) -> None:
        self.requested = tag
        self.lang = choose(tag, _WORDS) or "en"

    def __call__(self, word: Word, **facts: Any) -> Text:
        """Give words with the facts that they have a place for."""
        return Text(
            _WORDS[self.lang][word].format(**facts),
            lang=self.lang,
            requested=self.requested,
            dir=direction_of(self.lang),
            status="source" if self.lang == "en" else "draft",
        )
