"""`briefbook schedule`: the next runs, and what to install: read as systemd and cron read it, and run."""

import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from briefbook.cli.schedule import systemd_units
from tests.books import FILES, make_book, run
from tests.office import COUNCIL, SPARE, Office, memo, office_at
from tests.relay import PATIENCE

AUCKLAND = ZoneInfo("Pacific/Auckland")
NAMES = [
    "plain",
    "two words",
    "50% off %h %%",
    'a "quoted" one',
    "it's",
    "$HOME ${HOME}",
    "back\\slash",
    "ñandú; #1",
]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return office_at(tmp_path / "book")


# ------------------------------------------------------------------------------------------- show


def test_the_next_runs_in_the_zone_and_in_utc(office: Office) -> None:
    runs = json.loads(office.command("schedule", "show", "--count", "5", "--json").stdout)
    assert [one["memo"] for one in runs] == ["council"] * 5
    assert {one["schedule"] for one in runs} == {"0 7 * * * (Pacific/Auckland)"}
    instants = [datetime.fromisoformat(one["utc"]) for one in runs]
    assert instants == sorted(set(instants))
    assert instants[0] > datetime.now(UTC)  # noqa: TID251 — the command has no other clock
    there = [datetime.fromisoformat(one["local"]) for one in runs]
    assert there == instants
    for local, instant in zip(there, instants, strict=True):
        assert (local.hour, local.minute) == (7, 0)
        assert local.utcoffset() == instant.astimezone(AUCKLAND).utcoffset()
    days = [local.date().toordinal() for local in there]
    assert days == list(range(days[0], days[0] + 5))
    table = office.command("schedule", "show", "--count", "5").stdout.splitlines()
    assert table[0].split() == ["MEMO", "IN", "ITS", "ZONE", "UTC", "SCHEDULE"]
    for line, local, instant in zip(table[1:], there, instants, strict=True):
        assert f"{local:%Y-%m-%d} 07:00 NZ" in line
        assert f"  {instant:%Y-%m-%d %H:%M}  " in line


def test_a_memo_before_a_meeting_and_one_with_none_ahead(office: Office) -> None:
    before = '{before: 2d, of: next-meeting, at: "07:00", zone: Pacific/Auckland}'
    talks = memo(before).replace("forum: council", "forum: harbours")
    office.write(
        "facts/ground.yaml",
        (office.book / "facts/ground.yaml").read_text().replace("2031-04-10", "2021-04-10"),
    )
    office.write("memos/talks.yaml", talks)
    office.write("memos/council.yaml", memo(before))  # all that is known of the council comes out in 2031
    result = office.command("schedule", "show")
    [_, line] = result.stdout.splitlines()
    assert line.split()[0] == "talks"
    assert "2d before next-meeting at 07:00 (Pacific/Auckland)" in line
    assert "  2031-05-31 19:00  " in line
    assert "nothing ahead: council" in result.stderr


def test_a_memo_with_an_error_is_told_of(office: Office) -> None:
    office.write("memos/council.yaml", memo('{cron: "0 7 31 2 *", zone: Pacific/Auckland}'))
    result = office.command("schedule", "show")
    assert result.exit_code == 0
    assert "nothing ahead: council" in result.stderr
    assert "briefbook check" in result.stderr


def test_a_book_without_schedules(tmp_path: Path) -> None:
    make_book(tmp_path, {**SPARE, "memos/council.yaml": COUNCIL})
    result = run("-C", tmp_path, "schedule", "show")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no memo has a schedule" in result.stderr
    assert json.loads(run("-C", tmp_path, "schedule", "show", "--json").stdout) == []


# ---------------------------------------------------------------------------------------- install


def units(folder: Path, name: str) -> tuple[Path, dict[str, str], Path]:
    """What `--systemd` prints, saved where its comments say: the service, its texts by name, the timer."""
    book = make_book(folder / name, SPARE)
    result = run("-C", book, "schedule", "install", "--systemd")
    assert result.exit_code == 0
    pieces = re.split(r"^# \d\. ", result.stdout, flags=re.MULTILINE)[1:]
    saved = {}
    for piece in pieces[:2]:
        first, _, text = piece.partition("\n")
        saved[Path(first.removeprefix("Save this as ")).name] = text
    service, timer = saved
    assert re.fullmatch(r"briefbook-[a-z0-9-]+\.service", service)
    assert Path(timer).stem == Path(service).stem
    for file, text in saved.items():
        (folder / file).write_text(text, encoding="utf-8")
    assert f"systemctl enable --now {timer}" in pieces[2]
    return book, saved, folder / service


def parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def as_systemd_reads(line: str) -> list[str]:
    """Its words: quotes and escapes as in systemd.syntax(7), %% and $$ for themselves."""
    words = shlex.split(line)
    for word in words:
        assert not re.search(r"(?<!%)(%%)*%(?!%)", word), word
        assert not re.search(r"(?<!\$)(\$\$)*\$(?!\$)", word), word
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


@pytest.mark.parametrize("name", NAMES)
def test_the_units_for_systemd(tmp_path: Path, name: str) -> None:
    book, saved, _ = units(tmp_path, name)
    service, timer = map(parsed, saved.values())
    words = as_systemd_reads(service["Service"]["ExecStart"])
    assert words[-3:] == ["-C", str(book), "run-due"]
    assert shlex.split(service["Service"]["ReadWritePaths"])[0].replace("%%", "%") == str(book)
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["SuccessExitStatus"].split() == ["3", "7", "8", "75"]
    assert "LoadCredential" not in service["Service"]  # the book's server wants no password
    assert service["Service"]["NoNewPrivileges"] == "yes"
    assert timer["Timer"]["Persistent"] == "yes"
    assert int(timer["Timer"]["RandomizedDelaySec"]) > 0
    assert timer["Install"]["WantedBy"] == "timers.target"
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=PATIENCE * 2
    )  # it is the real command
    assert done.returncode == 3, done.stderr


def verified(files: Iterable[Path]) -> "subprocess.CompletedProcess[str]":
    words = ["systemd-analyze", "verify", "--man=no", *map(str, files)]
    return subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_systemd_finds_no_fault_with_them(tmp_path: Path, name: str) -> None:
    _, saved, service = units(tmp_path, name)
    files = [service.with_name(file) for file in saved]
    done = verified(files)
    told = [line for line in done.stderr.splitlines() if "briefbook" in line or str(tmp_path) in line]
    assert told == []
    assert done.returncode == 0, done.stderr
    # It would tell: a broken one is a fault.
    service.write_text(service.read_text().replace("Type=oneshot", "Type=nonsense").replace("%%", "%!"))
    done = verified(files)
    assert "nonsense" in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_units_are_what_is_printed_and_need_no_cutting(tmp_path: Path, name: str) -> None:
    book, printed, _ = units(tmp_path, name)
    folder = tmp_path / "units"
    result = run("-C", book, "schedule", "install", "--systemd", "--to", folder)
    assert result.exit_code == 0
    files = [Path(line) for line in result.stdout.splitlines()]
    assert sorted(folder.iterdir()) == sorted(files)
    assert {file.name: f"{file.read_text()}\n" for file in files} == printed
    assert [file.read_text().splitlines()[0] for file in files] == ["[Unit]"] * 2
    assert f"systemctl enable --now {files[1].name}" in result.stderr
    if shutil.which("systemd-analyze"):
        done = verified(files)
        assert [line for line in done.stderr.splitlines() if "briefbook" in line] == []
        assert done.returncode == 0, done.stderr


def test_a_unit_that_somebody_has_changed_stays(tmp_path: Path) -> None:
    book = make_book(tmp_path / "book", SPARE)
    save = ("-C", book, "schedule", "install", "--systemd", "--to", tmp_path / "units")
    service, timer = map(Path, run(*save).stdout.splitlines())
    assert run(*save).exit_code == 0  # the same again
    text = timer.read_text()
    timer.write_text(text.replace("0/5", "0/15"))
    service.unlink()
    result = run(*save)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{timer}: error: another unit stands here already, and stays")
    assert "0/15" in timer.read_text()
    assert not service.exists()  # both or none


def test_two_books_in_folders_of_one_name_have_units_of_their_own(tmp_path: Path) -> None:
    texts = [units(tmp_path / folder, "book")[1] for folder in ("one", "other")]
    assert set(texts[0]).isdisjoint(texts[1])


@pytest.mark.parametrize(
    ("book", "is_hidden"), [("/srv/book", False), ("/tmp/book", True), ("/var/tmp/x/book", True)]
)
def test_a_private_folder_for_temporary_files_hides_no_book(book: str, is_hidden: bool) -> None:
    service, _ = systemd_units(Path(book), ["briefbook"], None).values()
    assert ("PrivateTmp=yes" in service) is not is_hidden


def test_a_password_that_a_file_gives_needs_no_credential(tmp_path: Path) -> None:
    """The service does not start without the file that a credential names; so it is there as a comment."""
    mail = (
        "mail: {from: d@example.org, host: h.example.org, user: desk, password_file: ../p, owner: o@a.org}\n"
    )
    book = make_book(tmp_path / "book", {"book.yaml": FILES["book.yaml"] + mail})
    told = run("-C", book, "schedule", "install", "--systemd").stdout
    assert re.search(r"^LoadCredential=", told, re.M) is None
    line = r"^#LoadCredential=briefbook-smtp:/etc/briefbook/briefbook-[a-z0-9-]+\.password$"
    assert re.search(line, told, re.M)


def test_a_password_comes_as_a_credential(tmp_path: Path) -> None:
    mail = "mail: {from: d@example.org, host: mail.example.org, user: desk, owner: o@example.org}\n"
    book = make_book(tmp_path, {"book.yaml": FILES["book.yaml"] + mail})
    told = run("-C", book, "schedule", "install", "--systemd").stdout
    assert re.search(
        r"^LoadCredential=briefbook-smtp:/etc/briefbook/briefbook-[a-z0-9-]+\.password$", told, re.M
    )


@pytest.mark.parametrize("kinds", [(), ("--systemd", "--cron")])
def test_one_of_two_is_installed(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    assert run("-C", make_book(tmp_path), "schedule", "install", *kinds).exit_code == 2


def as_cron_reads(line: str) -> tuple[list[str], str]:
    """The five fields and the command, as crontab(5) has them: an escaped % is a %, another ends the line."""
    *fields, command = line.split(maxsplit=5)
    command, *rest = re.split(r"(?<!\\)%", command)
    assert rest == []
    return fields, command.replace(r"\%", "%")


@pytest.mark.parametrize("name", NAMES)
def test_the_line_for_cron(tmp_path: Path, name: str) -> None:
    book = make_book(tmp_path / name, SPARE)
    result = run("-C", book, "schedule", "install", "--cron")
    assert result.exit_code == 0
    [line] = result.stdout.splitlines()
    fields, command = as_cron_reads(line)
    assert fields == ["*/5", "*", "*", "*", "*"]
    # As cron starts it: by sh, in the home folder, with next to no environment.
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "HOME": "/"},
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    assert (book / ".briefbook" / "ledger.db").is_file()


def test_a_line_for_cron_is_no_file(office: Office, tmp_path: Path) -> None:
    result = office.command("schedule", "install", "--cron", "--to", tmp_path / "x")
    assert result.exit_code == 2
    assert not (tmp_path / "x").exists()


def test_without_a_kind_it_asks(office: Office) -> None:
    result = office.command("schedule", "install")
    assert result.exit_code == 2
    assert "--systemd or --cron" in result.stderr


def test_it_changes_nothing(office: Office) -> None:
    before = sorted(office.book.rglob("*"))
    for kind in ("--systemd", "--cron"):
        assert office.command("schedule", "install", kind).exit_code == 0
    assert sorted(office.book.rglob("*")) == before
