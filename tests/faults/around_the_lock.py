"""What two runs do when nothing keeps them apart: the outbox posted without the book's lock."""

from datetime import datetime
from pathlib import Path

from briefbook.ledger import open_ledger
from briefbook.outbox import post
from briefbook.readers.read_book import read_book
from briefbook.store import Store


def post_without_the_lock(arguments: list[str]) -> None:
    """`BOOK INSTANT`: post what waits in a book's outbox."""
    root, now = Path(arguments[0]), datetime.fromisoformat(arguments[1])
    mail = read_book(root).book.settings.mail
    assert mail is not None
    folder = root / ".briefbook"
    with open_ledger(folder) as ledger:
        post(ledger, Store(folder), mail, root, {}, now=lambda: now, say=print)
