"""Fills what a house keeps free for a memo: bound content controls, and fields that show properties.

A cover, a header or a footer says the memo's title where the house has Word's control "Title" (§17.5.2.6) or
a field such as TITLE or DOCPROPERTY (§17.16.5). Word works fields out when it is asked to, and other readers
never do: so what they show is written into them, the same that the memo's properties say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from briefbook.document import Document
from briefbook.frozen import frozen
from briefbook.writers.docx_styles import Element, W, add
from briefbook.writers.house_properties import HouseProperties

# The stores of properties that a control can be bound to; any other is a part that is left behind.
_STORES = frozenset({"{6C3C8BC8-F283-45AE-878A-BAB7291924A1}", "{6668398D-A668-4E3E-A5EB-62B293D839F1}"})
_INSTRUCTION = re.compile(r'\s*(?:DOCPROPERTY\s+)?(?:"([^"]+)"|([^\s\\"]+))', re.IGNORECASE)
_PATTERN = re.compile(r'\\@\s*(?:"([^"]*)"|(\S+))')
_CASE = re.compile(r"\\\*\s*(upper|lower|caps|firstcap)\b", re.IGNORECASE)
_INITIAL = re.compile(r"(?<!\S)([^\w\s]*)(\w)")  # a word's first letter, behind what opens before it
_ALONE = frozenset(
    ("title", "subject", "author", "keywords", "createdate", "savedate")
)  # fields of their own
_DATES = frozenset(
    ("date", "publishdate", "publish date", "created", "createdate", "savedate", "createtime", "modified")
)
# A control over these is a frame around them, not a place for words.
_MORE_THAN_WORDS = tuple(W + name for name in ("drawing", "pict", "object", "tbl", "tr", "sectPr"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_HOURS = re.compile(r"AM/PM|[Hhms]+(?:[:.][Hhms]+)*")
_RUN_OF_LETTERS = re.compile(r"([A-Za-z'])\1*")
_OF_A_DAY = frozenset(("d", "dd", "ddd", "dddd", "M", "MM", "MMM", "MMMM", "yy", "yyyy"))
_LONGEST_PATTERN = 64  # characters of a pattern for a day; a longer one is no pattern


@frozen
class MemoWords:
    """What a memo says of itself: words by their names in lower case, its day, its language."""

    words: Mapping[str, str]
    day: date
    language: str

    def named(self, name: str, pattern: str = "") -> str | None:
        """What stands for a name, a day in Word's `pattern` for days; None where a memo has no such words."""
        name = name.strip().lower()
        if name in _DATES:
            return _written(self.day, pattern, self.language)
        return self.words.get(name)


def words_of(document: Document, kept: HouseProperties) -> MemoWords:
    """The words for the places of a house: the same that the properties of its DOCX say."""
    own = {
        "title": document.title,
        "subject": document.footer,
        "author": document.author,
        "creator": document.author,
        "keywords": document.memo,
        "reference": document.reference,
        "category": kept.category,
        "company": kept.company,
        "manager": kept.manager,
    }
    theirs = {each.name.lower(): each.value for each in kept.custom if each.type in ("lpwstr", "lpstr")}
    return MemoWords(words=theirs | own, day=document.as_of, language=document.language)


def has_places(root: Element) -> bool:
    """Whether something in a part may be kept free for words of a memo."""
    return next(root.iter(W + "sdt", W + "fldSimple", W + "instrText"), None) is not None


def fill(root: Element, memo: MemoWords) -> None:
    """Fill the places in a part of the house's; its elements are changed."""
    for control in list(root.iter(W + "sdt")):
        _fill_control(control, memo)
    for simple in list(root.iter(W + "fldSimple")):
        words = _words_for(simple.get(W + "instr", ""), memo)
        if words is not None:
            _say(list(simple.iter(W + "r")), words, simple)
    for shown, end in list(_complex_fields(root)):
        words = _words_for("".join(shown.instruction), memo)
        if words is not None:
            _show(shown, words, end)


# --------------------------------------------------------------------------------------- controls


def _fill_control(control: Element, memo: MemoWords) -> None:
    properties, content = control.find(W + "sdtPr"), control.find(W + "sdtContent")
    if properties is None or content is None:
        return
    binding, date_ = properties.find(W + "dataBinding"), properties.find(W + "date")
    names = [properties.find(W + name) for name in ("tag", "alias")]
    wanted = [each.get(W + "val", "") for each in names if each is not None]
    if binding is not None:
        step = binding.get(W + "xpath", "").rpartition("/")[2]  # /ns1:coreProperties[1]/ns0:title[1]
        wanted = [step.removesuffix("[1]").rpartition(":")[2]]
        if binding.get(W + "storeItemID", "").upper() not in _STORES:
            properties.remove(binding)  # Word would show what an empty store says: nothing
    pattern = date_.find(W + "dateFormat") if date_ is not None else None
    form = "" if pattern is None else pattern.get(W + "val", "")
    found = next((words for name in wanted if (words := memo.named(name, form)) is not None), None)
    if not found or next(content.iter(*_MORE_THAN_WORDS), None) is not None:
        return
    if sum(1 for _ in content.iterfind(W + "tc")) > 1:
        return
    if date_ is not None:
        date_.set(W + "fullDate", f"{memo.day.isoformat()}T00:00:00Z")
    home = next(content.iter(W + "p"), None)
    if home is not None:
        for paragraph in list(home.itersiblings(W + "p")):  # those of a control, or of a cell in it
            _remove(paragraph)
    else:
        around = control.getparent()
        home = content if around is not None and around.tag == W + "p" else add(content, "p")
    _say(list(content.iter(W + "r")), found, home)


# ----------------------------------------------------------------------------------------- fields


def _words_for(instruction: str, memo: MemoWords) -> str | None:
    """What a field shows, None for one that is none of ours, or that has nothing to show."""
    named = _INSTRUCTION.match(instruction)
    if named is None:
        return None
    name = named[1] or named[2]
    if name.lower() not in _ALONE and "DOCPROPERTY" not in instruction.upper().split():
        return None
    pattern = _PATTERN.search(instruction)
    words = memo.named(name, (pattern[1] or pattern[2] or "") if pattern else "")
    case = _CASE.search(instruction)
    if not words or case is None:
        return words or None
    match case[1].lower():  # §17.16.4.3
        case "upper":
            return words.upper()
        case "lower":
            return words.lower()
        case kind:
            return _INITIAL.sub(_capital, words, count=1 if kind == "firstcap" else 0)


@dataclass(slots=True, kw_only=True)
class _Field:
    """A complex field (§17.16.18) as far as it is read: its marks, and what stands in runs as its result."""

    instruction: list[str] = field(default_factory=list)
    separate: Element | None = None
    result: list[Element] = field(default_factory=list)
    holds_another: bool = False


def _complex_fields(root: Element) -> Iterator[tuple[_Field, Element]]:
    """Each field within one paragraph that holds no other, and the mark that ends it.

    A run may hold one mark, several, or a whole field with its words: so it is the children that count.
    """
    opened: dict[Element, list[_Field]] = {}  # by their paragraph: a text box has its own, inside of another
    for run in root.iter(W + "r"):
        paragraph = next(run.iterancestors(W + "p"), root)
        fields = opened.setdefault(paragraph, [])
        for child in run.iterchildren(etree.Element):
            kind = child.get(W + "fldCharType", "") if child.tag == W + "fldChar" else ""
            if kind == "begin":
                if fields:
                    fields[-1].holds_another = True
                fields.append(_Field())
            elif not fields or child.tag == W + "rPr":
                continue
            elif kind == "end":
                done = fields.pop()
                if not done.holds_another:
                    yield done, child
            elif kind == "separate":
                fields[-1].separate = child
            elif fields[-1].separate is not None:
                fields[-1].result.append(child)
            elif child.tag == W + "instrText":
                fields[-1].instruction.append(child.text or "")


def _show(shown: _Field, words: str, end: Element) -> None:
    """Put words where a complex field's result begins, in the look of what stood there."""
    text = _text(words)
    if shown.result:
        shown.result[0].addprevious(text)
    else:
        separate = shown.separate
        if separate is None:
            separate = etree.Element(W + "fldChar", {W + "fldCharType": "separate"})
            end.addprevious(separate)
        separate.addnext(text)
    _without_placeholder(text.getparent())
    for child in shown.result:
        run = child.getparent()
        assert run is not None
        run.remove(child)
        if all(each.tag == W + "rPr" for each in run):
            _remove(run)


# ------------------------------------------------------------------------------------------ words


def _say(runs: list[Element], words: str, home: Element) -> None:
    """Let the first of some runs say the words, in its own look, and the others go."""
    for run in runs[1:]:
        _remove(run)
    run = runs[0] if runs else add(home, "r")
    for child in list(run):
        if child.tag != W + "rPr":
            run.remove(child)
    _without_placeholder(run)
    run.append(_text(words))


def _text(words: str) -> Element:
    text = etree.Element(W + "t", {_SPACE: "preserve"})
    text.text = words
    return text


def _without_placeholder(run: Element | None) -> None:
    """Take from a run the style of words that wait for others: it is grey."""
    look = None if run is None else run.find(W + "rPr")
    for style in [] if look is None else look.findall(W + "rStyle"):
        if "placeholder" in style.get(W + "val", "").lower():
            _remove(style)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _capital(found: re.Match[str]) -> str:
    return found[1] + found[2].title()


def _written(day: date, pattern: str, language: str) -> str:
    """A day in Word's pattern for it (§17.16.4.1), without hours; without one as the language writes it."""
    from babel import Locale, UnknownLocaleError  # few houses keep a place for a day
    from babel.dates import format_date

    try:
        locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    letters = _HOURS.sub("", pattern).strip(" ,") if len(pattern) <= _LONGEST_PATTERN else ""
    runs = (found[0] for found in _RUN_OF_LETTERS.finditer(letters))
    if not letters or not all(run in _OF_A_DAY for run in runs):
        return format_date(day, "long", locale=locale)
    weekdays = {"ddd": "EEE", "dddd": "EEEE"}
    return format_date(day, re.sub("d+", lambda d: weekdays.get(d[0], d[0]), letters), locale=locale)
