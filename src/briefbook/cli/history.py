"""`briefbook history`: the editions on record, and pruning what is kept of them."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from briefbook.cli.book import BookFinder, now, refuse_unknown
from briefbook.cli.completing import memo_ids
from briefbook.cli.printing import LOCKED, count, print_table, say, stop_for, tell_json
from briefbook.diagnostics import NOWHERE, Problem, nearest

if TYPE_CHECKING:
    from briefbook.issued import Edition
    from briefbook.record import Record


class HistoryGroup(click.Group):
    """`history [MEMO]` lists; `history prune` is the one command below it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Anything but `prune` is the name of a memo."""
        if args and args[0] not in self.commands:
            return "list", _list, args
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The ids of memos beside `prune`."""
        return [*super().shell_complete(ctx, incomplete), *memo_ids(ctx, self.params[0], incomplete)]


@click.group("history", cls=HistoryGroup, invoke_without_command=True, subcommand_metavar="[MEMO] | prune")
@click.option("--json", "wants_json", is_flag=True, help="Print the list as JSON.")
@click.pass_context
def command(ctx: click.Context, wants_json: bool) -> None:
    """List the editions of a memo, or of all: number, days, when they were made, in which formats.

    \b
    Examples:
      briefbook history security-ministerial
      briefbook history --json
      briefbook history prune --keep 10
    """
    ctx.meta["wants_json"] = wants_json
    if ctx.invoked_subcommand is None:
        ctx.invoke(_list, memo=None)


@click.command("list", hidden=True)
@click.argument("memo")
@click.option("--json", "wants_json", is_flag=True)
@click.pass_context
def _list(ctx: click.Context, memo: str | None = None, wants_json: bool = False) -> None:
    finder: BookFinder = ctx.obj
    editions: list[Edition] = []
    rows: list[dict[str, object]] = []
    known: set[str] = set()
    record = finder.read_record()
    if record is not None:
        with record:
            editions = record.ledger.editions(memo) or _in_its_languages(memo, record)
            rows = [_row(edition, record) for edition in editions]
            known = set() if editions else {edition.memo for edition in record.ledger.editions()}
    if wants_json or ctx.meta.get("wants_json", False):
        tell_json(rows)
    elif editions:
        _print_table(editions, rows, wants_memo=any(edition.memo != memo for edition in editions))
    elif memo is None:
        say("no editions yet: briefbook build makes them")
    else:
        known |= {"prune"} if nearest(memo, ["prune"]) else set()
        refuse_unknown(finder.read(), memo, known, ctx.parent)
        message, hint = f"no edition of memo {memo!r} is on record", "briefbook build makes one"
        stop_for([Problem(where=NOWHERE, message=message, hint=hint)])


def _in_its_languages(memo: str | None, record: "Record") -> "list[Edition]":
    """The editions of a memo that is made in several languages: each has an id of its own."""
    return [edition for edition in record.ledger.editions() if edition.memo.rpartition(".")[0] == memo]


def _row(edition: "Edition", record: "Record") -> dict[str, object]:
    return {
        "memo": edition.memo,
        "edition": edition.number,
        "as_of": edition.as_of.isoformat(),
        "known_by": edition.known_by.isoformat(),
        "made": edition.made.isoformat(),
        "tool": edition.tool,
        "digest": edition.digest,
        "outputs": [
            {
                "format": output.format,
                "name": output.name,
                "sha256": output.sha256,
                "size": output.size,
                "kept": record.store.has(output.sha256),
            }
            for output in edition.outputs
        ],
        "cleared": _cleared_by(edition, record),
    }


def _cleared_by(edition: "Edition", record: "Record") -> list[str]:
    """Whose clearance holds for the bytes of an edition."""
    from briefbook.clearing import differing, standing

    given = standing(record.ledger.clearances(edition.memo))
    return list(dict.fromkeys(each.person for each in given if not differing(each, edition)))


def _print_table(editions: "list[Edition]", rows: list[dict[str, object]], *, wants_memo: bool) -> None:
    lines = [("MEMO", "EDITION", "AS OF", "KNOWN BY", "MADE", "FILES", "CLEARED BY")]
    for edition, row in zip(editions, rows, strict=True):
        kept = all(output["kept"] for output in row["outputs"])  # type: ignore[attr-defined]
        files = ", ".join(output.format for output in edition.outputs)
        lines.append(
            (
                edition.memo,
                str(edition.number),
                edition.as_of.isoformat(),
                edition.known_by.isoformat(),
                f"{edition.made:%Y-%m-%d %H:%M} UTC",
                files if kept else f"{files} (pruned)",
                ", ".join(row["cleared"]),  # type: ignore[arg-type]
            )
        )
    first = 0 if wants_memo else 1
    last = None if any(row["cleared"] for row in rows) else -1
    heads, *rest = (line[first:last] for line in lines)
    print_table(heads, rest, prose=("FILES",))


class Keep(click.ParamType[int | timedelta]):
    """How much to keep: a number of editions, or an age as 90d."""

    name = "number or age"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | timedelta:
        """Read `10` or `90d`, or fail with the spelling that is wanted."""
        found = re.fullmatch(r"([1-9][0-9]{0,4})(d|w)?", str(value))
        if found is None:
            self.fail(f"{value!r} is neither a number of editions (10) nor an age (90d, 12w)", param, ctx)
        number = int(found[1])
        return timedelta(**{"d": {"days": number}, "w": {"weeks": number}}[found[2]]) if found[2] else number


@command.command("prune")
@click.option(
    "--keep",
    type=Keep(),
    required=True,
    help="The newest editions of each memo to keep (10), or all made within an age (90d, 12w).",
)
@click.pass_obj
def prune(finder: BookFinder, keep: int | timedelta) -> None:
    """Remove what the store keeps of old editions.

    That is their documents, and what these were made from. The list of editions stays; a pruned edition
    cannot be brought back. Messages that are still to be sent keep their bytes.
    """
    from briefbook.editions import prune as prune_editions
    from briefbook.files import locked, own_folder
    from briefbook.record import FOLDER, LOCK

    with locked(own_folder(finder.root(), FOLDER) / LOCK) as is_ours, finder.open_record() as record:
        if not is_ours:
            say("another run is under way: nothing was done")
            raise SystemExit(LOCKED)
        with record.alone() as is_alone:
            if not is_alone:
                say("a build is under way: nothing was pruned")
                raise SystemExit(LOCKED)
            if isinstance(keep, timedelta):
                pruned = prune_editions(record, since=now() - keep)
            else:
                pruned = prune_editions(record, keep=keep)
    megabytes = pruned.size / 1e6
    say(f"{count(pruned.editions, 'edition', 'editions')} pruned, {megabytes:.1f} MB freed")
