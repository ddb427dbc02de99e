"""Why a file cannot become a document. The reasons are shown beside the file's name."""

from __future__ import annotations

from bilingual.errors import TrichdanError


class ReadError(TrichdanError):
    """A file cannot become a document (params: path, detail)."""

    code = "read"


class FileMissingError(ReadError):
    """There is no such file or folder (params: path)."""

    code = "file-missing"


class FileUnreadableError(ReadError):
    """The operating system refuses to read it (params: path, detail)."""

    code = "file-unreadable"


class FileEmptyError(ReadError):
    """It holds no text (params: path)."""

    code = "file-empty"


class FormatUnknownError(ReadError):
    """Its format is not one that can be read (params: path, suffix, known)."""

    code = "format-unknown"


class EncodingUnknownError(ReadError):
    """Its bytes are not text in an encoding that is recognised (params: path)."""

    code = "encoding-unknown"


class FileTooLargeError(ReadError):
    """It is larger than the limit (params: path, size_mb, limit_mb)."""

    code = "file-too-large"
