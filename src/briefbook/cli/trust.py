"""`briefbook trust`: the user says that a book's templates are trusted, or takes that back."""

import click

from briefbook.cli.book import BookFinder
from briefbook.cli.printing import say, tell


@click.command("trust")
@click.option("--withdraw", "withdraws", is_flag=True, help="Trust the book's templates no longer.")
@click.option("--list", "lists", is_flag=True, help="List the books whose templates are trusted.")
@click.pass_obj
def command(finder: BookFinder, /, *, withdraws: bool, lists: bool) -> None:
    """Trust the templates of this book.

    A book's own templates are programs. Unless you trust the book, each that is not as it was shipped runs in
    a process of its own, which can open no file, and only for so long. Trusted ones run within briefbook,
    faster and without limits: who can change the book's folder might make them do what you can do.

    It is written into your own settings, $XDG_CONFIG_HOME/briefbook/settings.yaml (~/.config without the
    variable), by the folder's path; no book can change them. The limits stand there, too.

    \b
    Examples:
      briefbook trust
      briefbook trust --withdraw
      briefbook trust --list
    """
    from briefbook.readers.read_trust import read_settings, settings_file
    from briefbook.trusting import trust, withdraw

    if lists:
        if withdraws:
            raise click.UsageError("--list goes alone")
        trusted = read_settings().trust
        for folder in trusted:
            tell(folder)
        if not trusted:
            say("no book's templates are trusted")
        return
    root = finder.root()
    book = root.resolve()
    if withdraws:
        done = withdraw(root)
        say(f"the templates of {book} are {'trusted no longer' if done else 'not trusted'}")
    elif trust(root):
        say(f"the templates of {book} are trusted: they run with your rights, without limits")
        say(f"it stands in {settings_file()}; take it back with: briefbook trust --withdraw")
    else:
        say(f"the templates of {book} are trusted already")
