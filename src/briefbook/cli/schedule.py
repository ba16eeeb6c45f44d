"""`briefbook schedule`: when memos are due, and how to have them made without anybody at the keyboard."""

import json
import os
import re
import shlex
import shutil
import sys
from hashlib import sha256
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from briefbook.cli.book import BookFinder, now
from briefbook.cli.printing import print_problems, print_table, say
from briefbook.delivery import BeforeSchedule, CronSchedule, ScheduleSpec


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
    "--count", type=click.IntRange(1, 100), default=3, show_default=True, help="How many runs of each."
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
    from briefbook.verdict import judge, usable_book
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
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
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
@click.pass_obj
def install(finder: BookFinder, systemd: bool, cron: bool) -> None:
    """Print what to install so that this book's memos make themselves. Nothing is changed on the machine.

    \b
    Examples:
      briefbook schedule install --systemd
      (crontab -l; briefbook schedule install --cron) | crontab -
    """
    if systemd == cron:
        raise click.UsageError("say for what: --systemd or --cron")
    root = finder.root().resolve()
    program = _program()
    if systemd:
        mail = finder.read().book.settings.mail
        units = systemd_units(root, program, has_password=mail is not None and mail.user is not None)
        click.echo(units, nl=False)
    else:
        run = shlex.join([*program, "-C", str(root), "run-due", "--quiet"]).replace("%", r"\%")
        click.echo(f"*/5 * * * * {run}")


def _program() -> list[str]:
    """The command as a timer must call it, which has no PATH of the user's."""
    beside = Path(sys.executable).with_name("briefbook")
    found = str(beside) if beside.is_file() else shutil.which("briefbook")
    return [found] if found else [sys.executable, "-m", "briefbook"]


def systemd_units(root: Path, program: list[str], *, has_password: bool) -> str:
    """A service and a timer for the book in a folder (absolute), as text to be saved."""
    name = _unit_name(root)
    # It would hide a book that lies there.
    is_temporary = any(root.is_relative_to(folder) for folder in ("/tmp", "/var/tmp"))
    private_tmp = "" if is_temporary else "PrivateTmp=yes\n"
    credential = (
        "# the password of the mail server, in a file that root alone can read\n"
        f"LoadCredential=briefbook-smtp:/etc/briefbook/{name}.password\n"
        if has_password  # without the file the service would not start
        else ""
    )
    words = [*program, "-C", str(root), "run-due"]
    start = " ".join(_quoted(_percent(word).replace("$", "$$")) for word in words)
    return f"""\
# 1. Save this as /etc/systemd/system/{name}.service
[Unit]
Description=briefbook: make and mail what is due in {_percent(str(root))}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={_owner(root)}
ExecStart={start}
# nothing due, put off by the mail server, another run under way: no failures
SuccessExitStatus=3 7 75
TimeoutStartSec=1h
{credential}UMask=0077
ReadWritePaths={_quoted(_percent(str(root)))}
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

# 2. Save this as /etc/systemd/system/{name}.timer
[Unit]
Description=briefbook: every five minutes for {_percent(str(root))}

[Timer]
OnCalendar=*:0/5
RandomizedDelaySec=30
Persistent=yes

[Install]
WantedBy=timers.target

# 3. Then:
#   systemctl daemon-reload
#   systemctl enable --now {name}.timer
#   journalctl -u {name}.service      what it said
"""


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
