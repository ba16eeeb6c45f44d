"""The judge of our DOCX: openxml-audit, which knows the schemas and the rules of Microsoft's own SDK."""

from pathlib import Path

from openxml_audit import FileFormat, OpenXmlValidator


def faults_of(docx: bytes, folder: Path) -> list[str]:
    """What the audit finds wrong with a DOCX, of whatever weight; `folder` holds it meanwhile.

    Every rule of the newest Office; `security_validation` stays off, as it forbids any link to the web. Each
    DOCX gets a validator of its own: one remembers the ids of notes under the address in memory of a package,
    which a later package may have, and then misses notes that are there.
    """
    file = folder / "audited.docx"
    file.write_bytes(docx)
    validator = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365)
    return [str(error) for error in validator.validate(str(file)).errors]
