"""Templates that nobody trusts run elsewhere, say the same, and can do nothing there."""

import copyreg
import errno
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound

from briefbook.cli import book as cli_book
from briefbook.composing.confined import ConfinedTemplates
from briefbook.composing.confined_calls import AARCH64, X86_64, Calls, calls_here
from briefbook.composing.confined_pipes import ConfinedProcess, process_for, stop_all
from briefbook.composing.frames import MOST_PROBLEMS, EndedError, NoAnswerError, answer_frame, answer_from
from briefbook.composing.sections import SectionTemplates
from briefbook.diagnostics import BriefbookError, Problem
from briefbook.inputs import Remaker, remade
from briefbook.limits import USUAL, Limits
from briefbook.readers.read_book import read_book
from briefbook.readers.read_trust import read_settings
from briefbook.tool import shipped_templates
from briefbook.trusting import trust
from briefbook.workshop import Day, Task, Workshop
from tests.books import changed, make_book, run
from tests.conftest import EXAMPLE, ROOT
from tests.office import office_at

DAY = Day(as_of=date(2031, 4, 20), known_by=date(2031, 4, 20))
ENDLESS = "## Ahead\n{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}\n"
OWN = """\
## Ours

{% for m in selection.upcoming %}
- {{ m.forum.name }}, {{ m.when | weekday }}{{ cite(m) }}
{% endfor %}
"""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The user's own settings, which say nothing yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield tmp_path / "config" / "briefbook" / "settings.yaml"
    stop_all()


def set_limits(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(f"limits: {{{text}}}\n")


def made_of(book: Path, memo: str = "council", formats: tuple[str, ...] = ("txt",)) -> dict[str, bytes]:
    read = read_book(book).book
    made = Workshop(read).render(Task(memo=read.memos[memo], day=DAY, formats=formats))
    assert not made.problems
    return made.outputs


def problem_of(book: Path, memo: str = "council") -> Problem:
    read = read_book(book).book
    (problem,) = Workshop(read).render(Task(memo=read.memos[memo], day=DAY, formats=("txt",))).problems
    return problem


# ------------------------------------------------------------------------------------ the same words


def test_every_memo_says_the_same_with_untrusted_templates(tmp_path: Path) -> None:
    """Every shipped template is put into the book with a remark at its foot, so that none is as it was."""
    book = tmp_path / "book"
    book.mkdir()
    for part in ("book.yaml", "facts", "memos"):
        (book / part).symlink_to(EXAMPLE / part)
    for template in sorted((ROOT / "templates").rglob("*.j2")):
        own = book / "templates" / template.relative_to(ROOT / "templates")
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text(template.read_text() + "{# ours #}")
    read = read_book(book).book
    day = Day(as_of=date(2026, 1, 20), known_by=date(2026, 1, 20))
    tasks = [Task(memo=memo, day=day, formats=("json",)) for memo in read.memos.values()]
    confined = Workshop(read)
    made = [confined.render(task) for task in tasks]
    assert isinstance(confined.templates("en"), ConfinedTemplates)
    mistakes = confined.templates("en").check_syntax() + confined.templates("en").check_names()
    trust(book)
    free = Workshop(read)
    assert type(free.templates("en")) is SectionTemplates
    assert made == [free.render(task) for task in tasks]
    assert not any(each.problems for each in made)
    assert mistakes == free.templates("en").check_syntax() + free.templates("en").check_names() == []
    assert confined.templates("es").messages() == free.templates("es").messages()
    for section in ("upcoming", "timeline"):
        assert confined.templates("en").options_of(section) == free.templates("en").options_of(section)


@pytest.mark.parametrize("life", [300, 0], ids=["one process", "a process for each question"])
def test_a_mail_with_its_sections_says_the_same(
    life: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("briefbook.composing.confined_pipes._CODE", BEGUN_WITH.format(life=life))
    instant = datetime(2031, 4, 20, 9, 21, tzinfo=UTC)
    monkeypatch.setattr(cli_book, "now", lambda: instant)  # the letter tells the minute
    office = office_at(tmp_path / "desk", 25)
    own = office.book / "templates" / "mail" / "body.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text(
        '{{ section("upcoming") }}\n\n{{ edition.made_for | time }} {{ edition.zone | zone }}'
        " {{ edition.made_for.strftime('%Z') }}\n"
    )
    said = []
    for trusts in (False, True):
        if trusts:
            trust(office.book)
        mail = run("-C", office.book, "preview-mail", "council").output
        said.append(re.sub(r"^(Date|Message-ID): .*", "", mail, flags=re.MULTILINE))
    assert said[0] == said[1]
    assert ".eml" in said[0]
    own.write_text('first\n{{ section("sources") }}')
    assert "body.md.j2:2: error: section 'sources' tells of" in run("-C", office.book, "check").output


def test_what_is_shipped_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a process began")

    monkeypatch.setattr("briefbook.composing.confined_pipes.process_for", never)
    book = make_book(tmp_path / "book", {"templates/sections/ours.md.j2": OWN})
    assert made_of(book)["txt"] == made_of(make_book(tmp_path / "plain"))["txt"]
    copied = (ROOT / "templates" / "sections" / "upcoming.md.j2").read_text()
    (book / "templates" / "sections" / "upcoming.md.j2").write_text(copied)
    assert made_of(book)
    (book / "templates" / "sections" / "upcoming.md.j2").write_text(copied + "\n")
    with pytest.raises(AssertionError, match="a process began"):
        made_of(book)


def test_several_jobs_have_a_process_each(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN})
    one, two = tmp_path / "one", tmp_path / "two"
    made_of(book)  # so that there is one that a fork would take with it
    assert run("-C", book, "build", "--out", one).exit_code == 0
    assert run("-C", book, "build", "--out", two, "--jobs", "2").exit_code == 0
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(two) for path in two.rglob("*") if path.is_file())
    assert all((one / file).read_bytes() == (two / file).read_bytes() for file in files)
    assert b"Ours" in b"".join(map(Path.read_bytes, one.rglob("*.txt")))


# -------------------------------------------------------------------------------------------- limits


def test_an_endless_template_stops_its_memo_and_no_other(tmp_path: Path, settings: Path) -> None:
    set_limits(settings, "processor: 0.2")
    sections = "sections: [header, endless]\n"
    council = {"memos/council.yaml": "title: Fisheries Council\nforum: council\nformats: [txt]\n" + sections}
    book = make_book(tmp_path / "book", {**council, "templates/sections/endless.md.j2": ENDLESS})
    made = run("-C", book, "build", "--out", tmp_path / "out")
    told = (
        "templates/sections/endless.md.j2:2: error: the template takes more than 0.2 seconds (memo council)"
    )
    assert told in made.output
    assert made.exit_code == 1
    names = {path.name for path in (tmp_path / "out").rglob("*.*")}
    assert {"harbours.txt", "spring.txt"} <= names
    assert "council.txt" not in names


def test_the_clock_ends_what_processor_time_would_not(tmp_path: Path, settings: Path) -> None:
    set_limits(settings, "clock: 1.5")
    problem = problem_of(make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": ENDLESS}))
    assert str(problem.where) == "templates/sections/upcoming.md.j2:2"
    assert problem.message == "the template was stopped after 1.5 seconds (memo council)"
    assert "briefbook trust" in problem.hint


def _made_elsewhere() -> Exception:
    """What only this process can import."""
    return ValueError()


def test_a_missing_template_is_told_however_other_libraries_pickle_exceptions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(copyreg.dispatch_table, TemplateNotFound, lambda _: (_made_elsewhere, ()))
    files = {
        "memos/council.yaml": "title: Council\nforum: council\nsections: [a]\n",
        "templates/sections/a.md.j2": "{% include ['none.md.j2', 'b.md.j2'] %}",
        "templates/b.md.j2": "Found",
    }
    read = read_book(make_book(tmp_path / "book", files)).book
    made = Workshop(read).render(Task(memo=read.memos["council"], day=DAY, formats=("txt",)))
    assert not made.problems
    assert b"Found" in made.outputs["txt"]


def test_a_mail_that_asks_for_sections_for_ever_is_stopped(tmp_path: Path, settings: Path) -> None:
    set_limits(settings, "clock: 1.5")
    office = office_at(tmp_path / "desk", 25)
    own = office.book / "templates" / "mail" / "body.md.j2"
    own.parent.mkdir(parents=True)
    own.write_text('first\n{% for i in range(99999) %}{% set x = section("upcoming") %}{% endfor %}')
    told = run("-C", office.book, "preview-mail", "council").output
    assert "templates/mail/body.md.j2:2: error: the template was stopped after 1.5 seconds" in told


def test_all_templates_of_a_memo_together_are_limited(tmp_path: Path, settings: Path) -> None:
    set_limits(settings, "whole_characters: 25000, characters: 9000")
    long = "{% for i in range(800) %}xxxxxxxxxx {% endfor %}"
    memo = "title: Council\nforum: council\nsections: [a, a, a, a]\n"
    book = make_book(tmp_path / "book", {"memos/council.yaml": memo, "templates/sections/a.md.j2": long})
    assert "more than" in problem_of(book).message
    (book / "memos" / "council.yaml").write_text(memo.replace("a, a, a, a", "a, a"))
    for _ in range(3):  # each document counts for itself
        assert made_of(book)


def test_a_template_of_very_many_mistakes_is_told_as_far_as_is_believed(tmp_path: Path) -> None:
    mistakes = "".join(f"{{{{ fish{number} }}}}\n" for number in range(MOST_PROBLEMS + 1))
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": mistakes})
    told = Workshop(read_book(book).book).templates("en").names_of("sections/upcoming.md.j2")
    assert len(told) == MOST_PROBLEMS
    assert all(problem.message.startswith("nothing gives the name 'fish") for problem in told)


def test_a_template_that_is_always_stopped_is_not_tried_for_ever(tmp_path: Path, settings: Path) -> None:
    set_limits(settings, "processor: 0.2")
    read = read_book(make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": ENDLESS})).book
    workshop = Workshop(read)
    task = Task(memo=read.memos["council"], day=DAY, formats=("txt",))
    told = [workshop.render(task).problems for _ in range(3)]
    begun = time.process_time()
    more = [workshop.render(task).problems for _ in range(50)]
    [((stopped,),), ((untried,),)] = set(told), set(more)
    assert (stopped.where, stopped.hint) == (untried.where, untried.hint)
    assert "takes more than 0.2 seconds" in stopped.message
    assert untried.message == "the template was stopped 3 times, so it is not run again (memo council)"
    assert time.process_time() - begun < 10


@pytest.mark.skipif(sys.platform != "linux", reason="the system tells it on Linux alone")
def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """Also where that one is killed while a template runs."""
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": ENDLESS})
    script = [sys.executable, "-m", "briefbook", "-C", str(book), "show", "council"]
    with subprocess.Popen(script, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as shown:
        children = Path(f"/proc/{shown.pid}/task/{shown.pid}/children")
        assert within(lambda: children.read_text().split(), seconds=20)
        child = Path("/proc", children.read_text().split()[0])
        assert within(lambda: b"confined_process" in (child / "cmdline").read_bytes(), seconds=20)
        assert within(lambda: ticks(child) > 100, seconds=20)  # its template runs
        shown.kill()
    assert within(lambda: not child.exists() or " Z " in (child / "stat").read_text(), seconds=5)


def ticks(process: Path) -> int:
    """What a process has used of the processor, in hundredths of a second."""
    return int((process / "stat").read_text().rsplit(")", 1)[1].split()[11])


def within(asked: Callable[[], object], seconds: float) -> bool:
    """Whether something comes true within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            if asked():
                return True
        time.sleep(0.02)
    return False


def test_kept_templates_are_trusted_no_more_than_others(tmp_path: Path) -> None:
    read = read_book(make_book(tmp_path / "book")).book
    inputs = Workshop(read).inputs(read.memos["council"], DAY)
    ours = {**inputs.templates, "sections/upcoming.md.j2": OWN}
    assert any(section.name == "upcoming" for section in remade(replace(inputs, templates=ours)).sections)
    hostile = replace(inputs, templates={**inputs.templates, "sections/upcoming.md.j2": ENDLESS})
    with pytest.raises(BriefbookError, match=r"upcoming.md.j2:2: error: the template takes more than 0.2"):
        Remaker(Limits(processor=0.2)).document(hostile)


# --------------------------------------------------------------- what a process can do that broke out


class Outbreak:
    """What a template would do that got out of the sandbox: as it is unpickled there, it runs."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, dict[str, object]]]:
        return exec, (self.code, {})


@pytest.fixture
def process() -> Iterator[ConfinedProcess]:
    made = process_for("outbreak", USUAL, "en", ())
    yield made
    made.stop()


def answer_to(process: ConfinedProcess, code: str) -> object:
    """What code says there, in a variable `said`."""
    send = (
        "import os, json; d = json.dumps({'made': said}).encode(); os.write(1, len(d).to_bytes(8, 'big') + d)"
    )
    until = time.monotonic() + 60
    process.tell((Outbreak(f"{code}\n{send}"),), until)
    return process.hear(until)["made"]


def test_it_has_no_environment_and_no_folder(process: ConfinedProcess) -> None:
    os.environ["SECRET"] = "password"
    said = answer_to(process, "import os; said = dict(os.environ)")
    assert said in ({}, {"LC_CTYPE": "C.UTF-8"})  # as Python has it where nothing is said (PEP 538)
    if sys.platform == "linux":
        assert Path(f"/proc/{process._process.pid}/cwd").readlink() == Path("/")


@pytest.mark.skipif(os.name != "posix", reason="no such limits there")
def test_it_can_open_nothing(process: ConfinedProcess, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    tries = {
        "read": f"open({str(tmp_path / 'secret')!r}).read()",
        "write": f"open({str(tmp_path / 'made')!r}, 'w')",
        "folder": "os.listdir('/')",
        "socket": "__import__('_socket').socket()",
        "pipe": "os.pipe()",
        "more files": "__import__('resource').setrlimit(7, (9, 9))",
    }
    code = (
        f"import os\nsaid = {{}}\nfor name, code in {tries!r}.items():\n  try: said[name] = str(eval(code))\n"
    )
    said = answer_to(process, code + "  except Exception as error: said[name] = type(error).__name__")
    assert isinstance(said, dict)
    assert not [name for name, told in said.items() if not told.endswith("Error")], said
    assert not (tmp_path / "made").exists()


TRIED = """
import os, sys
ctypes = sys.modules["ctypes"]
libc = ctypes.CDLL(None, use_errno=True)
said, text = {}, ctypes.create_string_buffer(b"a password")
class Piece(ctypes.Structure):
    _fields_ = [("at", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def tried(name, result):
    said[name] = [result, ctypes.get_errno()]
def memory(process):
    here, there = (Piece(ctypes.addressof(part), 8) for part in (ctypes.create_string_buffer(8), text))
    return libc.process_vm_readv(process, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
tried("read our memory", memory(OURS))
tried("read the memory of a process of the same user", memory(os.getpid()))
tried("open", libc.open(FOLDER + b"/file", 0))
tried("truncate", libc.truncate(FOLDER + b"/file", 0))
tried("rename", libc.rename(FOLDER + b"/file", FOLDER + b"/other"))
tried("symlink", libc.symlink(b"/", FOLDER + b"/link"))
tried("mkdir", libc.mkdir(FOLDER + b"/made", 0o777))
tried("chmod", libc.chmod(FOLDER + b"/file", 0o600))
tried("unlink", libc.unlink(FOLDER + b"/file"))
tried("look", libc.access(FOLDER + b"/file", 0))
tried("socket", libc.socket(1, 1, 0))
tried("fork", libc.fork())
tried("run", libc.execv(b"/bin/true", (ctypes.c_char_p * 2)(b"/bin/true", None)))
tried("send us a signal", libc.kill(OURS, 0))
tried("send one to every process", libc.kill(-1, 0))
tried("set our limits", libc.prlimit(OURS, 7, None, text))
tried("set those of the same user", libc.prlimit(os.getpid(), 7, None, ctypes.create_string_buffer(64)))
tried("be traced", libc.ptrace(0, 0, 0, 0))
LARGE = 512 << 20
tried("map memory that is shared", libc.mmap(None, LARGE, 3, 0x21, -1, 0))
tried("map memory that is shared and checked", libc.mmap(None, LARGE, 3, 0x23, -1, 0))
tried("map memory that grows downwards", libc.mmap(None, LARGE, 3, 0x122, -1, 0))
"""


@pytest.mark.skipif(calls_here() is None, reason="the system has no such filter here")
def test_it_can_do_nothing_but_compute_and_answer(process: ConfinedProcess) -> None:
    """In a folder where everybody may do everything, as the process may run as somebody else."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o777)
        file = Path(made, "file")
        file.write_text("a text")
        file.chmod(0o666)
        said = answer_to(process, f"OURS, FOLDER = {os.getpid()}, {os.fsencode(made)!r}\n{TRIED}")
        assert isinstance(said, dict)
        assert len(said) == 21
        assert said == {name: [-1, errno.EPERM] for name in said}
        assert [each.name for each in Path(made).iterdir()] == ["file"]
        assert file.read_text() == "a text"


@pytest.mark.parametrize("tables", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
def test_each_call_has_a_number_of_its_own(tables: Calls) -> None:
    known_here = {**tables.any_way, **tables.counted, **{n: of for n, (of, _) in tables.of_itself.items()}}
    numbers = list(known_here.values())
    assert len(set(numbers)) == len(numbers)
    header = Path("/usr/include", HEADERS[tables is X86_64])
    if header.exists():
        known = dict(re.findall(r"#define __NR(?:3264)?_(\w+) ([0-9]+)", header.read_text()))
        for name, number in known_here.items():
            assert known[name] == str(number), name


HEADERS = "asm-generic/unistd.h", "x86_64-linux-gnu/asm/unistd_64.h"


TAKEN = """
import os, sys
ctypes, resource = sys.modules["ctypes"], sys.modules["resource"]
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
said = {"tables": [libc.mmap(None, 1 << 40, 1, 0x22, -1, 0), ctypes.get_errno()]}
for name in ("DATA", "AS", "STACK", "CPU"):
    number = getattr(resource, "RLIMIT_" + name)
    said[name] = resource.getrlimit(number)[1]
    for value in (resource.RLIM_INFINITY, said[name] + 1):
        try: resource.setrlimit(number, (value, value))
        except ValueError: continue
        said[name] = -1
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no such limits there")
def test_nobody_takes_its_limits_off(process: ConfinedProcess) -> None:
    """Memory that is only read takes none, but the tables of very much of it do."""
    said = answer_to(process, TAKEN)
    assert isinstance(said, dict)
    assert said.pop("tables") == [-1, errno.ENOMEM]
    stack = said.pop("STACK")
    assert 0 < stack < 1 << 30
    assert said == {"DATA": USUAL.memory << 20, "AS": (USUAL.memory << 20) + (1 << 30), "CPU": 312}


BEGUN_WITH = (
    "import json, sys; sys.path += json.loads(sys.argv[1]);"
    "from briefbook.composing import confined_process as own; own._LIFE = {life}; own.main()"
)


@pytest.mark.skipif(os.name != "posix", reason="no such limits there")
def test_who_takes_its_soft_limit_off_is_killed_at_the_hard_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefbook.composing.confined_pipes._CODE", BEGUN_WITH.format(life=-10))
    process = process_for("endless", USUAL, "en", ())
    until = time.monotonic() + 60
    code = (
        "import signal, resource\nsignal.setitimer(signal.ITIMER_PROF, 0)\n"
        "most = resource.getrlimit(resource.RLIMIT_CPU)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (most, most))\n"
        "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    )
    process.tell((Outbreak(code),), until)
    with pytest.raises(EndedError, match="signal 9"):
        process.hear(until)


def test_a_process_that_has_taken_much_makes_way_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is over after each answer: the memo says the same, and each process is told to be over."""
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN})
    once = made_of(book)
    stop_all()
    begun: list[ConfinedProcess] = []
    begin = ConfinedProcess.__init__

    def beginning(self: ConfinedProcess, *arguments: object) -> None:
        begun.append(self)
        begin(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ConfinedProcess, "__init__", beginning)
    monkeypatch.setattr("briefbook.composing.confined_pipes._CODE", BEGUN_WITH.format(life=0))
    assert made_of(book) == once == made_of(book)
    assert len(begun) > 1
    assert all(process.is_over and process._process.returncode is not None for process in begun)


def test_it_has_got_none_of_our_open_files(process: ConfinedProcess) -> None:
    code = (
        "import os\nsaid = []\nfor n in range(300):\n  try: os.lseek(n, 0, 1)\n"
        "  except OSError as error:\n    if error.errno == 9: continue\n  said.append(n)"
    )
    assert answer_to(process, code) == [0, 1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        b"\xff" * 8,
        b"\0" * 8,
        b"\0" * 7 + b"\x02[]",
        b"\0" * 7 + b"\x02\xff\xff",
        b"\0" * 6 + b"\xff\xff" + b"[" * 65535,
    ],
    ids=["too long", "nothing", "a list", "no ASCII", "nested"],
)
def test_what_is_no_answer_ends_it(process: ConfinedProcess, answer: bytes) -> None:
    until = time.monotonic() + 60
    process.tell((Outbreak(f"import os; os.write(1, {answer!r})"),), until)
    with pytest.raises(EndedError, match="no template makes"):
        process.hear(until)
    assert process.is_over


MANY = b"[]," * 500_000


@pytest.mark.parametrize(
    "data",
    [
        b'{"made": [' + MANY + b"[]]}",
        b'{"message": "", "line": [' + MANY + b"[]]}",
        b'{"made": "", "last": [' + MANY + b'""]}',
        b'{"made": "", [' + MANY + b'\\"}',
        b'{"made": "\\\\", [' + MANY + b'"}',
        b'{"made": "", "last": [' + MANY + b'", "last": true}',
    ],
    ids=[
        "problems",
        "a message",
        "a text, and more",
        "an end that is none",
        "a mark that is none",
        "more, and an end",
    ],
)
def test_lists_without_end_are_not_even_read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefbook.composing.frames.json.loads", lambda _: pytest.fail("it was read"))
    with pytest.raises(NoAnswerError, match="too long"):
        answer_from(BytesIO(len(data).to_bytes(8, "big") + data).read, 1 << 24)


@pytest.mark.parametrize(
    "letter", ["x", '"', "\\", '\\"', "\n", "\u00e9", "\U0001f41f", "[],", '"}', '", "last": true}']
)
def test_a_text_may_be_long_whatever_it_says(letter: str) -> None:
    made: dict[str, object] = {"made": letter * (1 << 20)}
    for answer in (made, {**made, "last": True}):
        assert answer_from(BytesIO(answer_frame(answer)).read, 1 << 26) == answer


def test_when_it_dies_that_is_told_and_another_begins(process: ConfinedProcess) -> None:
    until = time.monotonic() + 60
    process.tell((Outbreak("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),), until)
    with pytest.raises(EndedError, match="signal 9"):
        process.hear(until)
    another = process_for("outbreak", USUAL, "en", ())
    assert another is not process
    assert answer_to(another, "said = 1") == 1


LIAR = """
import json, os, sys

def hear():
    left = int.from_bytes(os.read(0, 8), "big")
    while left:
        left -= len(os.read(0, left))

def say(answer):
    data = json.dumps(answer).encode()
    os.write(1, len(data).to_bytes(8, "big") + data)

hear()
say({})
hear()
"""
# It goes on taking what it is told: a question comes in several parts, and it has answered the first.
GOING_ON = """
while os.read(0, 65_536):
    pass
"""
FIGURES = "9" * 5000  # more than `int` reads of a text


@pytest.mark.parametrize(
    "lie",
    [
        f"say({{'file': '{FIGURES}.j2', 'line': 3, 'message': 'evil'}})",
        "say({'file': '\u0663.j2', 'line': 3, 'message': 'evil'})",
        "say({'file': 'x\\n\\x1b[2J', 'line': 3, 'message': 'evil'})",
        f"os.write(2, b'  File \"{FIGURES}.j2\", line 3 in evil'); sys.exit(3)",
        f"os.write(2, b'  File \"0.j2\", line {FIGURES} in evil'); sys.exit(3)",
    ],
    ids=["a file of many figures", "an Arabic figure", "a file of two lines", "a stack", "a line of a stack"],
)
def test_where_a_process_says_that_it_was_is_only_words(
    lie: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever broke out there says so of a template; it is a problem like any other."""
    monkeypatch.setattr("briefbook.composing.confined_pipes._CODE", f"{LIAR}{lie}{GOING_ON}")
    problem = problem_of(make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN}))
    assert str(problem).isprintable()
    assert "evil" in problem.message or "has ended (status 3)" in problem.message


def test_threads_that_ask_at_once_share_one_process() -> None:
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: process_for("shared", USUAL, "en", ()), range(6)))
    assert len(set(map(id, found))) == 1


def test_a_process_outlives_the_thread_that_began_it() -> None:
    with ThreadPoolExecutor(1) as thread:
        process = thread.submit(process_for, "threaded", USUAL, "en", ()).result()
    time.sleep(0.2)
    assert answer_to(process, "said = 1") == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_fork_while_a_thread_begins_a_process_begins_its_own() -> None:
    with ThreadPoolExecutor(1) as thread:
        begun = thread.submit(process_for, "slowly", USUAL, "en", ())
        child = os.fork()
        if not child:
            signal.alarm(30)  # it would wait for ever for the other thread, which it does not have
            process_for("forked", USUAL, "en", ()).stop()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert not begun.result().is_over


# -------------------------------------------------------------------------------------- the settings


def test_trust_is_given_and_withdrawn(tmp_path: Path, settings: Path) -> None:
    one, two = make_book(tmp_path / "one"), make_book(tmp_path / "two\u2028 # 'ü'")
    assert "are not trusted" in run("-C", one, "trust", "--withdraw").output
    assert "are trusted: they run with your rights" in run("-C", one, "trust").output
    assert settings.stat().st_mode & 0o777 == 0o600
    assert "are trusted already" in run("-C", one, "trust").output
    settings.write_text(settings.read_text() + "limits:\n  memory: 512  # a lot\n")
    assert run("-C", two, "trust").exit_code == (1 if "\u2028" in str(two) else 0)
    three = make_book(tmp_path / "three # 'ü'")
    assert run("-C", three, "trust").exit_code == 0
    assert read_settings().trust == (str(one.resolve()), str(three.resolve()))
    assert read_settings().limits == Limits(memory=512)
    assert run("trust", "--list").output.splitlines() == [str(one.resolve()), str(three.resolve())]
    assert "trusted no longer" in run("-C", one, "trust", "--withdraw").output
    assert "trusted no longer" in run("-C", three, "trust", "--withdraw").output
    assert read_settings().trust == ()
    assert run("trust", "--list").stderr == "no book's templates are trusted\n"
    assert "memory: 512  # a lot" in settings.read_text()
    assert run("trust", "--list", "--withdraw").exit_code == 2


def test_a_list_in_brackets_is_left_to_an_editor(tmp_path: Path, settings: Path) -> None:
    book = make_book(tmp_path / "book").resolve()
    settings.parent.mkdir(parents=True)
    settings.write_text(f"trust: [{book}, /elsewhere]\n")
    told = run("-C", book, "trust", "--withdraw")
    assert (told.exit_code, "make it in an editor" in told.output) == (1, True)
    assert read_settings().trust == (str(book), "/elsewhere")


def test_a_book_cannot_say_that_it_is_trusted(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN})
    for name in ("settings.yaml", ".config/briefbook/settings.yaml", "briefbook/settings.yaml"):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text(f"trust: [{book.resolve()}]\n")
    assert not read_settings().trusts(book)
    told = run(
        "-C",
        make_book(tmp_path / "other", changed("book.yaml", "format: 1", "format: 1\ntrust: yes")),
        "check",
    )
    assert "has no field 'trust'" in told.output


def test_a_link_to_a_trusted_book_is_that_book(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book")
    trust(book)
    (tmp_path / "link").symlink_to(book, target_is_directory=True)
    assert read_settings().trusts(tmp_path / "link")
    assert not read_settings().trusts(tmp_path)
    assert not read_settings().trusts(book / "memos")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("trust: [book]\n", "1:9: error: 'book' is no whole path"),
        ("trust: yes\n", "1:8: error: 'trust' needs a list"),
        ("trusted: []\n", "1:1: error: a user's setting has no field 'trusted'"),
        ("limits: {memory: much}\n", "1:18: error: 'memory' needs a number of MiB up to 1,048,576"),
        ("limits: {clock: 0}\n", "1:17: error: 'clock' needs a number of seconds up to 86,400"),
        ("limits: {cpu: 1}\n", "1:10: error: a limit has no field 'cpu'"),
        ("a: b: c\n", "1:5: error: "),
        ("- 1\n", "1:1: error: this user's setting needs a mapping of fields"),
    ],
)
def test_mistakes_in_the_settings_have_a_place(tmp_path: Path, settings: Path, text: str, told: str) -> None:
    settings.parent.mkdir(parents=True)
    settings.write_text(text)
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN})
    found = run("-C", book, "show", "council")
    assert found.exit_code == 1
    assert f"{settings}:{told}" in found.output
    assert run("-C", make_book(tmp_path / "plain"), "show", "council").exit_code == 0


@pytest.mark.parametrize("opened", [".", "settings.yaml"])
def test_settings_that_others_may_write_are_refused(tmp_path: Path, settings: Path, opened: str) -> None:
    book = make_book(tmp_path / "book", {"templates/sections/upcoming.md.j2": OWN})
    trust(book)
    place = settings.parent / opened
    place.chmod(place.stat().st_mode | 0o020)
    found = run("-C", book, "show", "council")
    assert (found.exit_code, "others than you may write" in found.output) == (1, True)
    place.chmod(place.stat().st_mode & ~0o020)
    assert run("-C", book, "show", "council").exit_code == 0


def test_a_relative_folder_of_settings_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = make_book(tmp_path / "book")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", "book")
    (book / "briefbook").mkdir()
    (book / "briefbook" / "settings.yaml").write_text(f"trust: [{book}]\n")
    assert read_settings().trust == ()


@pytest.mark.parametrize("by", ["", ".."])
def test_a_trusted_book_stays_in_the_sandbox_however_its_folder_is_named(tmp_path: Path, by: str) -> None:
    files = {
        "memos/council.yaml": "title: Council\nforum: council\nsections: [a]\n",
        "templates/sections/a.md.j2": "{{ ([1] | map('abs')).gi_frame.f_builtins['len']('x') }}",
    }
    book = make_book(tmp_path / "book", files)
    trust(book)
    shipped = shipped_templates()
    up = Path(*[".."] * (len(shipped.parts) - 1))
    assert "is unsafe" in problem_of(shipped / up / book.relative_to("/") if by else book).message
