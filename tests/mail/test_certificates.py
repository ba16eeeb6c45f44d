"""Whom TLS trusts: a file that the settings name, whatever they name."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from briefbook.mail.smtp import Accepted, Phase
from tests.mail.servers import SCRIPTS, RawServer, write_ca
from tests.mail.test_smtp import SLACK, bare, desk, mail, server_refuses


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_ca(tmp_path)
    return tmp_path


def large(file: Path) -> object:
    """The certificate that would do, behind more than a megabyte of words."""
    return file.write_bytes(b"#" * (1 << 20) + b"\n" + (file.parent / "ca.pem").read_bytes())


ODD: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a device without end": lambda file: file.symlink_to("/dev/zero"),
    "too large": large,
    "empty": Path.touch,
    "blank": lambda file: file.write_text("\n \n"),
    "no ASCII": lambda file: file.write_bytes(b"\xff" * 400),
    "half of one": lambda file: file.write_bytes((file.parent / "ca.pem").read_bytes()[:300]),
    "a link that leads to itself": lambda file: file.symlink_to(file.name),
}


@pytest.mark.parametrize("kind", ODD)
def test_a_file_of_certificates_that_is_none_holds_nobody(kind: str, root: Path) -> None:
    ODD[kind](root / "odd.pem")
    begun = monotonic()
    with RawServer(SCRIPTS["good"]) as server:
        settings = replace(mail(server.port), ca_file="odd.pem", deadline=timedelta(seconds=5))
        with desk(settings, root) as it:
            assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)
            assert "odd.pem cannot be read as certificates (PEM)" in it.said[0]
    assert monotonic() - begun < 1 + SLACK
    assert server.kept == []


def test_certificates_of_openssl_s_own_form_are_told_with_how_to_mend_them(root: Path) -> None:
    """By `openssl x509 -trustout`: ssl reads them from a file, not from a text."""
    (root / "own.pem").write_text(
        (root / "ca.pem").read_text().replace(" CERTIFICATE", " TRUSTED CERTIFICATE")
    )
    with (
        RawServer(SCRIPTS["good"]) as server,
        desk(replace(mail(server.port), ca_file="own.pem"), root) as it,
    ):
        assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)
        assert "own.pem has TRUSTED CERTIFICATE, not CERTIFICATE: openssl x509 makes plain ones" in it.said[0]


def test_words_of_any_language_may_stand_between_certificates(root: Path) -> None:
    pem = (root / "ca.pem").read_bytes()
    (root / "own.pem").write_bytes("# Főtanúsítvány\n".encode() + pem + b"# \xff\n" + pem)
    with (
        RawServer(SCRIPTS["good"]) as server,
        desk(replace(mail(server.port), ca_file="own.pem"), root) as it,
    ):
        assert isinstance(it.deliver(), Accepted)


def test_a_name_that_no_file_has(root: Path) -> None:
    settings = replace(mail(0), ca_file="a\0b.pem")
    with RawServer(SCRIPTS["good"]) as server, desk(replace(settings, port=server.port), root) as it:
        assert bare(it.deliver()) == server_refuses(Phase.TLS, 0)
        assert "cannot be read as certificates (PEM)" in it.said[0]
