"""The files of a book: YAML with places, then records, then the checks over a book with one such file."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from briefbook.diagnostics import Problem
from briefbook.readers.book_files import BookFile, BookFiles
from briefbook.readers.located_yaml import Broken, Mapping, Node, Scalar, Sequence, parse_yaml
from briefbook.readers.read_book import read_book
from briefbook.verdict import judge
from tests.books import FILES

_ROOT = Path("book")  # never opened: the files come with their bytes
_FILES = [name for name in FILES if name.endswith(".yaml")]
TOKENS = (
    *(
        b"\n",
        b"\n  ",
        b"\n    - ",
        b": ",
        b"- ",
        b"{",
        b"}",
        b"[",
        b"]",
        b", ",
        b"'",
        b'"',
        b"|\n",
        b">-\n",
        b"# a",
        b" #2",
    ),
    *(
        b"&a ",
        b"*a",
        b"!!str ",
        b"!a ",
        b"<<: ",
        b"? ",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
        b"\t",
        b"\r",
        b"\x85",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\xff\xfe",
        b"\x00",
        b"~",
        b"null",
        b"no",
        b"010",
        b"12:30:45",
        b"1e999",
    ),
    *(
        b"forum: council",
        b"statements:",
        b"source: note",
        b"says: held",
        b"date: 2031-05",
        b"evidence: a",
        b"range: all",
    ),
    *(
        b"schedule: {cron: '0 7 * * 1', zone: Europe/Berlin}",
        b"deliver: [a@b.example]",
        b"sections: [header]",
    ),
    *(
        b"theme: {page: a4}",
        b"profile: brief",
        b"marking: {scheme: tlp}",
        b"title: {en: A, es: B}",
        b"languages: [en]",
    ),
)
SEEDS = tuple(bytes([number]) + FILES[name].encode() for number, name in enumerate(_FILES))


def run(data: bytes) -> None:
    """Whatever a file holds, it is read without an exception, and each mistake has its place in it."""
    name, text = _FILES[data[0] % len(_FILES)] if data else _FILES[0], data[1:]
    parsed = parse_yaml(name, text)
    lines = text.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    _hold(parsed.problems, {name: lines})
    assert parsed.complete or parsed.problems, "it broke off, and nobody says why"
    if parsed.root is not None:
        _walk(parsed.root, lines)
    files = _with(name, text)
    read = read_book(_ROOT, files)
    _hold(read.problems, {name: lines})
    _hold(judge(read).problems, {name: lines})


def _walk(node: Node, lines: int) -> None:
    waiting: list[Node] = [node]
    while waiting:
        found = waiting.pop()
        assert found.where.line is not None
        assert 1 <= found.where.line <= lines, found
        match found:
            case Sequence(items=items):
                waiting += items
            case Mapping(entries=entries):
                waiting += [part for pair in entries.values() for part in pair]
            case Scalar() | Broken():
                pass


def _hold(problems: "list[Problem] | tuple[Problem, ...]", lines: dict[str, int]) -> None:
    for problem in problems:
        assert problem.message.isprintable(), problem
        assert problem.where.file, problem
        if problem.where.line is not None and problem.where.file in lines:
            assert 1 <= problem.where.line <= lines[problem.where.file], problem
            assert problem.where.column is None or problem.where.column >= 1, problem


@cache
def _files() -> BookFiles:
    def file(name: str) -> BookFile:
        return BookFile(path=_ROOT / name, shown=name, data=FILES[name].encode())

    own = {
        folder: tuple(map(file, sorted(n for n in _FILES if n.startswith(folder))))
        for folder in ("facts/", "memos/")
    }
    return BookFiles(root=_ROOT, settings=file("book.yaml"), facts=own["facts/"], memos=own["memos/"])


def _with(name: str, data: bytes) -> BookFiles:
    def new(file: BookFile) -> BookFile:
        return replace(file, data=data) if file.shown == name else file

    files = _files()
    facts, memos = tuple(map(new, files.facts)), tuple(map(new, files.memos))
    return replace(files, settings=new(files.settings), facts=facts, memos=memos)
