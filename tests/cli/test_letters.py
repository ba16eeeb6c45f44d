"""A message as people read it."""

from email.message import EmailMessage
from email.policy import SMTP

from briefbook.cli.letters import shown_letter


def test_a_letter_is_readable_and_harmless() -> None:
    message = EmailMessage()
    message["Subject"] = "Consejo de pesca: próxima reunión"
    message["X-Other"] = "not shown"
    names = ", ".join(f"Señora {number} <r{number}@example.org>" for number in range(60))
    message["To"] = names
    message.set_content("First\x1b[2J line\n  second\u202eenil\n\n")
    message.add_attachment(b"12345", maintype="application", subtype="pdf", filename="re\x1bunión\u202e.pdf")
    assert shown_letter(message.as_bytes(policy=SMTP)) == (
        f"To: {names}\n"
        "Subject: Consejo de pesca: próxima reunión\n"
        "\n"
        "First [2J line\n"
        "  second enil\n"
        "\n"
        "\n"
        "Attached: re unión .pdf (application/pdf, 5 bytes)\n"
    )


def test_a_letter_without_a_text_or_a_name() -> None:
    message = b"Subject: x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF"
    assert shown_letter(message) == "Subject: x\n"
