"""Whose certificates a mail server may show: the system's, or those of a file that the settings name.

The settings are a book's, and may name anything: what is no file of certificates holds nobody up.
"""

import os
import ssl
import stat
from pathlib import Path

from briefbook.delivery import MailSettings

_LARGEST = 1024 * 1024  # bytes; all authorities of a system take a quarter of it
_OF_OPENSSL = "-----BEGIN TRUSTED CERTIFICATE-----"  # openssl-x509(1), -trustout


def trusted(settings: MailSettings, root: Path) -> ssl.SSLContext:
    """TLS that trusts whom the settings name (`ca_file`, beside book.yaml), else whom the system trusts.

    Raises ValueError where the file is not there or holds no certificates that can be read.
    """
    if not settings.ca_file:
        return ssl.create_default_context()
    pem = ""
    try:
        # Path.expanduser raises where there is no such home, this leaves the name as it stands.
        pem = _certificates(root / os.path.expanduser(settings.ca_file))  # noqa: PTH111
        if not pem:  # for ssl, that would mean the system's
            raise OSError("no certificate")
        return ssl.create_default_context(cadata=pem)
    except FileNotFoundError:
        raise ValueError(f"there is no file of certificates {settings.ca_file}") from None
    except (OSError, ValueError):
        if _OF_OPENSSL in pem:  # which ssl reads from a file alone, not from a text
            message = (
                f"{settings.ca_file} has TRUSTED CERTIFICATE, not CERTIFICATE: openssl x509 makes plain ones"
            )
            raise ValueError(message) from None
        raise ValueError(f"{settings.ca_file} cannot be read as certificates (PEM)") from None


def _certificates(file: Path) -> str:
    """The text of a file of certificates; what is not ASCII stands between them. Raises OSError."""
    # Opened without waiting, or a pipe would hold us beyond every deadline.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        data = os.read(descriptor, _LARGEST + 1)
    finally:
        os.close(descriptor)
    if len(data) > _LARGEST:
        raise OSError("too large")
    return data.decode("ascii", "ignore")
