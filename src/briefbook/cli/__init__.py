"""The command line: commands register, call and print; they decide nothing.

A command's module is imported when the command runs, so `--help` stays quick however much a build needs.
"""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from briefbook import __version__
from briefbook.cli.book import BookFinder
from briefbook.cli.printing import INTERRUPTED, say, stop_for
from briefbook.diagnostics import BriefbookError, Problem, Where, did_you_mean

# name → (module, its name there, one line for the list of commands).
COMMANDS = {
    "init": ("briefbook.cli.init", "command", "Make a new book that builds as it stands."),
    "check": ("briefbook.cli.check", "command", "List every problem of a book, with its place and the mend."),
    "list": ("briefbook.cli.list", "command", "List the memos: what each covers and what comes next."),
    "show": ("briefbook.cli.show", "command", "Print one memo to standard output."),
    "build": ("briefbook.cli.build", "command", "Make memos and write them as DOCX, PDF and more."),
    "bind": ("briefbook.cli.bind", "command", "Bind memos into one book, as DOCX and PDF."),
    "debrief": ("briefbook.cli.debrief", "command", "Make a form that asks what became of a meeting."),
    "history": (
        "briefbook.cli.history",
        "command",
        "List the editions of memos; prune what is kept of them.",
    ),
    "clear": ("briefbook.cli.clear", "command", "Record that a person approves of exactly these bytes."),
    "diff": ("briefbook.cli.diff", "command", "Print what changed of a memo between editions or days."),
    "trace": ("briefbook.cli.trace", "command", "Tell what rested on a source or a fact, and who got it."),
    "review": ("briefbook.cli.review", "command", "Read a document that came back; take over its edits."),
    "trust": ("briefbook.cli.trust", "command", "Trust this book's own templates, or take that back."),
    "schedule": ("briefbook.cli.schedule", "command", "See when memos are due; install a timer."),
    "run-due": ("briefbook.cli.run_due", "command", "Make and mail what is due, once."),
    "daemon": ("briefbook.cli.run_due", "daemon", "Do what run-due does again and again."),
    "preview-mail": ("briefbook.cli.send", "preview", "Write the mail of a memo and show it."),
    "send": ("briefbook.cli.send", "command", "Make a memo and mail it now."),
    "outbox": ("briefbook.cli.outbox", "command", "See what is to be mailed and what became of it."),
}

RECORDING = frozenset(("build", "run-due", "daemon", "send", "outbox"))  # step by step, as they go


class ToldContext(click.Context):
    """A context that is told of with every mistake in its command: click forgets it for an option's value."""

    @contextmanager
    def scope(self, cleanup: bool = True) -> Generator[click.Context, None, None]:
        """As click's, within which the arguments are read."""
        with super().scope(cleanup) as ctx:
            try:
                yield ctx
            except click.UsageError as error:
                error.ctx = error.ctx or self
                raise


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    context_class = ToldContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order in which a user meets them."""
        return [*COMMANDS]  # once imported, `list` here is the module of that command

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        for each in (command, *(command.commands.values() if isinstance(command, click.Group) else ())):
            each.context_class = ToldContext
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for; an unknown one is a usage error with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(args[0], COMMANDS) or f"known: {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command {args[0]!r} ({hint})")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Where it cannot go on, that is told with place and mend; so is Ctrl-C.

        The one place that catches what passes raise, and what the system refuses and nobody foresaw: no
        command can forget to.
        """
        try:
            return super().invoke(ctx)
        except BriefbookError as error:
            stop_for(error.problems)
        except KeyboardInterrupt:
            going_on = ": what was done is on record, and the same command goes on from there"
            say("", f"stopped{going_on if ctx.invoked_subcommand in RECORDING else ''}")
            raise SystemExit(INTERRUPTED) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has enough: click ends quietly
                raise
            where = Where(file=str(error.filename or ""))
            stop_for([Problem(where=where, message=error.strerror or str(error))])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "--book",
    "folder",
    metavar="BOOK",
    type=click.Path(file_okay=False),
    help="The book's folder. Default: the nearest folder upwards that holds book.yaml.",
)
@click.version_option(__version__, prog_name="briefbook")
@click.pass_context
def main(ctx: click.Context, folder: str | None) -> None:
    """Turn structured, sourced facts about recurring forums into briefing memos.

    A book is a folder with book.yaml, facts/ and memos/. Begin with:

    \b
      briefbook init my-book
      cd my-book
      briefbook build

    Messages go to standard error, results to standard output. Exit status: 0 done, 1 problems found, 2 usage.

    \b
    Shell completion:
      bash  eval "$(_BRIEFBOOK_COMPLETE=bash_source briefbook)"
      zsh   eval "$(_BRIEFBOOK_COMPLETE=zsh_source briefbook)"
      fish  _BRIEFBOOK_COMPLETE=fish_source briefbook | source
    """
    ctx.obj = BookFinder(folder=folder)
