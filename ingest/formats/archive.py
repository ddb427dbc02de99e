"""Formats that are archives: looked at before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from ingest.errors import ArchiveTooLargeError, FileDamagedError, FileEncryptedError
from ingest.limits import Limits

_MOST_MEMBERS = 50_000
_ENCRYPTED = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def open_archive(data: bytes, limits: Limits, format_name: str) -> zipfile.ZipFile:
    """The archive, if it may be unpacked.

    Raises:
        FileEncryptedError: It is protected by a password.
        FileDamagedError: It is no archive.
        ArchiveTooLargeError: Its content is larger than the limit.
    """
    if data.startswith(_OLE) and _ENCRYPTED_STREAM in data:
        raise FileEncryptedError
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as exc:
        raise FileDamagedError(format=format_name) from exc
    members = archive.infolist()
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise FileEncryptedError
    # `zipfile` gives no more of a member than the size that is added up here.
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes or len(members) > _MOST_MEMBERS:
        raise ArchiveTooLargeError(limit_mb=limits.unpacked_bytes / 1e6)
    return archive
