"""A mail server for trying things out: it takes every message, prints it, and sends nothing anywhere.

    python -m tests.mail.mailbox FOLDER [PORT]

FOLDER becomes a Maildir, which any mail program opens (`mutt -f FOLDER`).
"""

import asyncio
import errno
import mailbox
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from briefbook.cli.letters import shown_letter


class Keeper:
    """Keeps each message in a Maildir, and prints it as its reader sees it."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self.maildir = mailbox.Maildir(folder)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        assert isinstance(envelope.content, bytes)
        self.maildir.add(envelope.content.replace(b"\r\n", b"\n"))  # as mail lies on a disk here
        sys.stdout.write(f"──── for {', '.join(envelope.rcpt_tos)}\n{shown_letter(envelope.content)}\n")
        sys.stdout.flush()
        return "250 OK: kept"


def main(folder: Path, port: int = 8025) -> None:
    """Take messages until Ctrl-C."""
    controller = Controller(Keeper(folder), hostname="localhost", port=port)
    try:
        controller.start()
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had: {error}"
        sys.exit(
            f"port {port} {why}. Choose another, such as: make mailbox PORT={port + 1}"
            " (and name the same under mail: port: in book.yaml)"
        )
    sys.stdout.write(
        f"waiting for mail on localhost:{port}; messages are kept in {folder}; stop with Ctrl-C\n"
    )
    sys.stdout.flush()
    try:
        asyncio.new_event_loop().run_forever()
    except KeyboardInterrupt:
        controller.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(port) for port in sys.argv[2:3]))
