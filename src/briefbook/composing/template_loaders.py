"""Where templates are looked for: in folders, among kept texts, or by whoever is asked."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path

LARGEST_TEMPLATE = 256 * 1024  # bytes; the largest shipped one has 12,000

_LINE_END = re.compile("\r\n?")


class _RootedLoader(FileSystemLoader):
    """Reads templates from their folders alone: a link that leads out of them is no template.

    Each is read once: what is noted of a memo's templates and what it is made with are the same text.
    """

    def __init__(self, roots: Iterable[Path]) -> None:
        super().__init__([str(root) for root in roots])
        self._places = tuple(f"{os.path.realpath(root)}{os.sep}" for root in self.searchpath)
        self._read: dict[str, tuple[str, str]] = {}  # text and file by name

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if template not in self._read:
            self._read[template] = self._text_of(template)
        return *self._read[template], _never_stale

    def _text_of(self, template: str) -> tuple[str, str]:
        pieces = split_template_path(template)
        file = next((f for f in (Path(root, *pieces) for root in self.searchpath) if f.is_file()), None)
        if file is None:  # a pipe or a device would hold us for ever
            raise TemplateNotFound(template)
        place = os.path.realpath(file)
        if not place.startswith(self._places):
            raise SecurityError(f"{template!r} leads out of the folder of templates")
        data = beginning_of(Path(place))
        if len(data) > LARGEST_TEMPLATE:
            message = f"the template is larger than {LARGEST_TEMPLATE:,} bytes"
            raise TemplateSyntaxError(message, data.count(b"\n") + 1, template, str(file))
        return _LINE_END.sub("\n", data.decode("utf-8")), str(file)


def files_in(folder: Path, roots: Iterable[Path]) -> Iterator[Path]:
    """Every file under a folder that a template could include, in order, of any name.

    Links to folders are followed as the loader of these `roots` follows them: never out of them all.
    """
    places = tuple(f"{os.path.realpath(root)}{os.sep}" for root in roots)

    def below(inner: Path, above: frozenset[str]) -> Iterator[Path]:
        real = os.path.realpath(inner)
        if real in above or not f"{real}{os.sep}".startswith(places):  # it leads back, or out
            return
        for path in sorted(inner.iterdir()):
            if path.is_dir():
                yield from below(path, above | {real})
            else:
                yield path

    if folder.is_dir():
        yield from below(folder, frozenset())


def beginning_of(path: Path) -> bytes:
    """The bytes of a template's file; of one that is too large enough to see that it is. Raises OSError."""
    with path.open("rb") as opened:
        return opened.read(LARGEST_TEMPLATE + 1)


def _never_stale() -> bool:
    return True


def plain_name(template: str) -> str:
    """The one name of a template that may be asked for as `./macros//states.md.j2`."""
    return "/".join(split_template_path(template))


def plain_names(names: Iterable[str]) -> Iterator[str]:
    """The same of several, without those that lead upwards: there are no such templates."""
    for name in names:
        try:
            yield plain_name(name)
        except TemplateNotFound:
            continue


def loader_of(roots: Iterable[Path]) -> BaseLoader:
    """The loader of the templates in some folders, the first folder first."""
    return _RootedLoader(roots)


def loader_of_texts(texts: Mapping[str, str]) -> BaseLoader:
    """The loader of templates whose texts were kept, by name."""

    def find(template: str) -> tuple[str, str, Callable[[], bool]] | None:
        name = plain_name(template)
        return (texts[name], name, _never_stale) if name in texts else None

    return FunctionLoader(find)


class _AskingLoader(BaseLoader):
    def __init__(self, find: Callable[[str], tuple[str, str]], names: Callable[[], list[str]]) -> None:
        self._find, self._names = find, names

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        return *self._find(plain_name(template)), _never_stale

    def list_templates(self) -> list[str]:
        return self._names()


def asking_loader(find: Callable[[str], tuple[str, str]], names: Callable[[], list[str]]) -> BaseLoader:
    """The loader of templates that lie elsewhere: `find` brings a text and the name of its file."""
    return _AskingLoader(find, names)
