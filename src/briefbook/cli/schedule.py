"""`briefbook schedule`: when memos are due, and how to have them made without anybody at the keyboard."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from briefbook.cli.book import BookFinder, WholeNumber, now
from briefbook.cli.printing import print_problems, print_table, say, shown, tell, tell_json, write_document
from briefbook.delivery import BeforeSchedule, CronSchedule, MailSettings, ScheduleSpec
from briefbook.diagnostics import BriefbookError, Problem, Where
from briefbook.files import write_whole


@click.group("schedule")
def command() -> None:
    """See when memos are due, and install a timer for them.

    \b
    Examples:
      briefbook schedule show
      briefbook schedule install --cron
    """


@command.command("show")
@click.option(
    "--count",
    type=WholeNumber(1, 100),
    default=3,
    show_default=True,
    metavar="N",
    help="How many runs of each.",
)
@click.option("--json", "wants_json", is_flag=True, help="Print the runs as JSON.")
@click.pass_obj
def show(finder: BookFinder, count: int, wants_json: bool) -> None:
    """List the next runs of every schedule, in its zone and in UTC.

    \b
    Example:
      briefbook schedule show --count 5
    """
    from briefbook.timetable import next_runs
    from briefbook.usable import usable_book
    from briefbook.verdict import judge
    from briefbook.workshop import Workshop

    read = finder.read()
    verdict = judge(read)
    print_problems(read.problems)
    workshop = Workshop(usable_book(read))
    present = now()
    rows = []
    for memo in read.book.memos.values():
        if memo.schedule is None or verdict.stopping(memo.id, memo):
            continue
        zone = ZoneInfo(memo.schedule.zone)
        runs = islice(next_runs(workshop, memo, present), count)
        rows += [(memo.id, _written(memo.schedule), run.astimezone(zone), run) for run in runs]
    scheduled = [memo for memo in read.book.memos.values() if memo.schedule]
    if wants_json:
        told = [
            {"memo": memo, "schedule": written, "local": local.isoformat(), "utc": instant.isoformat()}
            for memo, written, local, instant in rows
        ]
        tell_json(told)
    elif not scheduled:
        say("no memo has a schedule: see docs/schedules.md")
    else:
        runs_told = [
            (memo, f"{local:%a %Y-%m-%d %H:%M %Z}", f"{instant:%Y-%m-%d %H:%M}", written)
            for memo, written, local, instant in rows
        ]
        heads = ("MEMO", "IN ITS ZONE", "UTC", "SCHEDULE")
        print_table(heads, runs_told, prose=("SCHEDULE",), cuts=False)  # its end names the zone
        silent = [memo.id for memo in scheduled if memo.id not in {row[0] for row in rows}]
        if silent:
            why = "no meeting with an exact day, or errors: briefbook check"
            say(f"nothing ahead: {', '.join(silent)} ({why})")


def _written(spec: ScheduleSpec) -> str:
    match spec:
        case CronSchedule():
            return f"{spec.cron} ({spec.zone})"
        case BeforeSchedule():
            return f"{spec.before.days}d before {spec.of} at {spec.at:%H:%M} ({spec.zone})"


@command.command("install")
@click.option("--systemd", is_flag=True, help="A service and a timer of systemd.")
@click.option("--cron", is_flag=True, help="A line for crontab -e.")
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --systemd: write the two files into this folder, as they are to be used.",
)
@click.pass_obj
def install(finder: BookFinder, systemd: bool, cron: bool, folder: Path | None) -> None:
    """Print what to install so that this book's memos make themselves. Nothing is changed on the machine.

    With --to DIR the service and the timer of systemd are written as two files; one that stands there and
    says something else is left alone.

    \b
    Examples:
      briefbook schedule install --systemd
      sudo briefbook schedule install --systemd --to /etc/systemd/system
      (crontab -l; briefbook schedule install --cron) | crontab -
    """
    if systemd == cron:
        raise click.UsageError("say for what: --systemd or --cron")
    if cron and folder is not None:
        raise click.UsageError("--to goes with --systemd: a line for cron is no file")
    root = finder.root().resolve()
    program = _program()
    if cron:
        run = shlex.join([*program, "-C", str(root), "run-due", "--quiet"]).replace("%", r"\%")
        tell(f"*/5 * * * * {run}")
        return
    units = systemd_units(root, program, finder.read().book.settings.mail)
    if folder is None:
        write_document(_to_be_saved(units).encode())
    else:
        _save(units, folder)


def _to_be_saved(units: Mapping[str, str]) -> str:
    """The units as one text that says what to do with it."""
    (service, its_text), (timer, other_text) = units.items()
    steps = "".join(f"#   {step}\n" for step in _next_steps(units))
    return (
        f"# 1. Save this as {UNITS}/{service}\n{its_text}\n# 2. Save this as {UNITS}/{timer}\n{other_text}\n"
        f"# 3. Then:\n{steps}"
    )


def _save(units: Mapping[str, str], folder: Path) -> None:
    """Write the units as files, all or none where one would replace what somebody wrote."""
    fresh = {}
    for name, text in units.items():
        path, data = folder / name, text.encode()
        if not os.path.lexists(path):
            fresh[path] = data
        elif not path.is_file() or path.read_bytes() != data:
            message = "another unit stands here already, and stays"
            hint = "move it away, then run the same command again"
            raise BriefbookError(Problem(where=Where(file=str(path)), message=message, hint=hint))
    for path, data in fresh.items():
        write_whole(path, data)
    for name in units:
        tell(shown(folder / name))
    say("then:")
    for step in _next_steps(units):
        say(f"  {step}")


def _next_steps(units: Mapping[str, str]) -> list[str]:
    service, timer = units
    return [
        "systemctl daemon-reload",
        f"systemctl enable --now {timer}",
        f"journalctl -u {service}      what it said",
    ]


def _program() -> list[str]:
    """The command as a timer must call it, which has no PATH of the user's."""
    beside = Path(sys.executable).with_name("briefbook")
    found = str(beside) if beside.is_file() else shutil.which("briefbook")
    return [found] if found else [sys.executable, "-m", "briefbook"]


# -------------------------------------------------------------------------------- units of systemd

UNITS = "/etc/systemd/system"

_SERVICE = """\
[Unit]
Description=briefbook: make and mail what is due in {book}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={owner}
ExecStart={start}
# nothing due, put off by the mail server, another run under way: no failures
SuccessExitStatus=3 7 8 75
TimeoutStartSec=1h
{credential}UMask=0077
ReadWritePaths={writable}
ProtectSystem=strict
ProtectHome=read-only
{private_tmp}PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
"""

_TIMER = """\
[Unit]
Description=briefbook: every five minutes for {book}

[Timer]
OnCalendar=*:0/5
RandomizedDelaySec=30
Persistent=yes

[Install]
WantedBy=timers.target
"""


def systemd_units(root: Path, program: list[str], mail: MailSettings | None) -> dict[str, str]:
    """A service and a timer for the book in a folder (absolute): the text of each by the name of its file."""
    name = _unit_name(root)
    book = _percent(str(root))
    words = [*program, "-C", str(root), "run-due"]
    # It would hide a book that lies there.
    is_temporary = any(root.is_relative_to(folder) for folder in ("/tmp", "/var/tmp"))
    service = _SERVICE.format(
        book=book,
        owner=_owner(root),
        start=" ".join(_quoted(_percent(word).replace("$", "$$")) for word in words),
        credential=_credential(name, mail),
        writable=_quoted(book),
        private_tmp="" if is_temporary else "PrivateTmp=yes\n",
    )
    return {f"{name}.service": service, f"{name}.timer": _TIMER.format(book=book)}


def _credential(name: str, mail: MailSettings | None) -> str:
    """How the service gets the password of the mail server. It does not start where the file is missing."""
    if mail is None or mail.user is None:
        return ""
    line = f"LoadCredential=briefbook-smtp:/etc/briefbook/{name}.password\n"
    if mail.password_file is None:
        return (
            f"# the password of the mail server, in a file that root alone can read: write it first\n{line}"
        )
    return (
        "# the password of the mail server is in the file that password_file names; to keep it where root\n"
        f"# alone can read it instead, write it there and make this line no comment:\n#{line}"
    )


def _unit_name(root: Path) -> str:
    """Of two books in folders of the same name each has its own."""
    plain = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "book"
    return f"briefbook-{plain}-{sha256(os.fsencode(root)).hexdigest()[:6]}"


def _owner(root: Path) -> str:
    try:
        return root.owner()
    except (KeyError, NotImplementedError, OSError):
        return "root"


def _percent(text: str) -> str:
    """A text in which systemd finds no specifier (systemd.unit(5))."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a unit file (systemd.syntax(7), “Quoting”)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if re.search(r"[\s\"'\\;]", text) else escaped
