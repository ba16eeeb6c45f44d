"""What templates compile to, kept while a process lives; of those that come with briefbook also longer."""

import marshal
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import CodeType
from typing import Protocol

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket


class Kept(Protocol):
    """Where what was worked out of a template is kept between processes."""

    def get(self, key: str) -> bytes | None:
        """What was kept under a key."""

    def put(self, key: str, data: bytes) -> None:
        """Keep bytes under a key."""


class CompiledTemplates(BytecodeCache):
    """Templates compiled in this process, by file and text; those that come with briefbook, also before.

    For environments of one language: what Jinja works out while it compiles, it does with their filters.
    """

    def __init__(self, kept: Kept | None = None, shipped: Path | None = None, wording: str = "") -> None:
        """`kept`: what earlier processes worked out of the templates in the folder `shipped`; of no others.

        `wording` names the language with all its texts.
        """
        self._code: dict[tuple[str, str], CodeType] = {}
        self._kept = kept
        self._folder = shipped
        self._shipped = f"{os.path.realpath(shipped)}{os.sep}" if shipped else None
        self._wording = wording

    @cached_property
    def of_shipped(self) -> "CompiledTemplates":
        """Those of `composing.shipped`, which makes other code of the same texts."""
        return CompiledTemplates(self._kept, self._folder, f"{self._wording}, as shipped")

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """The place for the code of a template, with the code if it was compiled before."""
        bucket = super().get_bucket(environment, name, filename, source)
        if bucket.code is None and filename and self._kept and self.is_shipped(filename):
            kept = self._kept.get(self._key("code", filename, bucket.checksum))
            bucket.code = marshal.loads(kept) if kept else None
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled before in this process."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code
        file = bucket.code.co_filename
        if self._kept and self.is_shipped(file):
            self._kept.put(self._key("code", file, bucket.checksum), marshal.dumps(bucket.code))

    def leads(
        self, file: str, source: str, find: Callable[[], frozenset[str] | None]
    ) -> frozenset[str] | None:
        """The names that a template leads to, which `find` finds in its tree."""
        if self._kept is None or not self.is_shipped(file):
            return find()
        key = self._key("leads", file, self.get_source_checksum(source))
        kept = self._kept.get(key)
        if kept is None:
            found = find()
            self._kept.put(key, marshal.dumps(None if found is None else sorted(found)))
            return found
        names = marshal.loads(kept)
        return None if names is None else frozenset(names)

    def is_shipped(self, file: str) -> bool:
        """Whether a template's file came with briefbook."""
        # A relative path is that of a kept text; with `..` or a link in it, how it begins tells nothing.
        if self._shipped is None or not Path(file).is_absolute():
            return False
        return os.path.realpath(file).startswith(self._shipped)

    def _key(self, what: str, file: str, checksum: str) -> str:
        return "\0".join((what, self._wording, file, checksum))
