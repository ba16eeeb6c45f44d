"""A message as people read it, on a terminal that it can do nothing to."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from briefbook.characters import on_one_line, printable

SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID")


def shown_letter(data: bytes) -> str:
    """A message as a reader sees it: its headers, its text, the names and sizes of what is attached."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    lines = [f"{name}: {on_one_line(str(message[name]))}" for name in SHOWN_HEADERS if message[name]]
    body = message.get_body(("plain",))
    lines += ["", *((printable(line, " ") for line in body.get_content().splitlines()) if body else ()), ""]
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        size = len(content) if isinstance(content, bytes) else 0
        name = on_one_line(part.get_filename() or "no name")
        lines.append(f"Attached: {name} ({part.get_content_type()}, {size:,} bytes)")
    return "\n".join(lines).rstrip() + "\n"
