"""In which languages a memo is made, and the memo in one of them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from briefbook.delivery import Delivery
from briefbook.memo import Memo, Settings


def language_of(memo: Memo, settings: Settings) -> str:
    """The language in which a memo speaks as it stands: its own, else the book's. BCP 47, as written."""
    return memo.language or settings.language


def languages_of(memo: Memo, settings: Settings) -> tuple[str, ...]:
    """The languages in which a memo is made, the first of them that of recipients who name none."""
    if memo.languages:
        return memo.languages
    return (memo.language,) if memo.language else settings.languages or (settings.language,)


def in_language(memo: Memo, language: str, deliver: Delivery | None = None) -> Memo:
    """A memo in one language: with a name of its own, so that its editions are counted apart."""
    written = memo.written or memo
    id_ = f"{written.id}.{language.lower()}"
    return replace(written, id=id_, language=language, languages=(), deliver=deliver, written=written)


def in_its_languages(memo: Memo, settings: Settings) -> tuple[Memo, ...]:
    """A memo once for each of its `languages`, to be mailed to those who read it; else as it is."""
    if not memo.languages and (memo.language or not settings.languages):
        return (memo,)
    tongues = languages_of(memo, settings)
    deliveries = (memo.deliver.in_language(each, tongues[0]) if memo.deliver else None for each in tongues)
    return tuple(in_language(memo, each, to) for each, to in zip(tongues, deliveries, strict=True))


def in_one_language(memos: Iterable[Memo], language: str, named: Collection[str] = ()) -> tuple[Memo, ...]:
    """Of some memos each once: in this language where it is made in it, else in the first of its own.

    Those whose ids are `named` are wanted as they are, in as many languages as they are named in.
    """
    found: dict[str, Memo] = {}
    for memo in memos:
        if memo.id in named:
            found[memo.id] = memo
        elif memo.name not in found or memo.language == language:
            found[memo.name] = memo
    return tuple(found.values())
