"""Why a file cannot become a document. The reasons are shown beside the file's name."""

from __future__ import annotations

import errno
from typing import Literal

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text

Reason = Literal["permission", "loop", "dangling", "gone", "device", "name", "changing", "system"]

_REASONS: dict[int, Reason] = {
    errno.EACCES: "permission",
    errno.EPERM: "permission",
    errno.ELOOP: "loop",
    errno.ENOENT: "gone",
    errno.ENOTDIR: "gone",
    errno.ESTALE: "gone",
}


class ReadError(TrichdanError):
    """A file cannot become a document (params: path; `reason` names a wording of `reasons`)."""

    code = "read"

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong and what to do about it, in `language`."""
        params = {"path": "", **self.params}
        if reason := params.get("reason"):
            params["detail"] = text(f"reasons.{reason}", language, **self.params)
        return text(f"errors.{self.code}", language, **params)

    def at(self, path: object) -> ReadError:
        """The same, of the file `path`."""
        return type(self)(**{**self.params, "path": path})


class FileMissingError(ReadError):
    """There is no such file or folder (params: path)."""

    code = "file-missing"


class FileUnreadableError(ReadError):
    """It cannot be opened (params: path, reason)."""

    code = "file-unreadable"


class FileEmptyError(ReadError):
    """It holds no text (params: path)."""

    code = "file-empty"


class FormatUnknownError(ReadError):
    """Its format is not one that can be read (params: path, suffix, known)."""

    code = "format-unknown"


class FormatUnnamedError(FormatUnknownError):
    """Its name has no suffix, by which formats are told (params: path, known)."""

    code = "format-unnamed"


class FormatOldError(ReadError):
    """Its format has a successor that can be read (params: path, suffix, better)."""

    code = "format-old"


class EncodingUnknownError(ReadError):
    """Its bytes are not text in an encoding that is recognised (params: path)."""

    code = "encoding-unknown"


class FileTooLargeError(ReadError):
    """It is larger than the limit (params: path, size_mb, limit_mb)."""

    code = "file-too-large"


class FileDamagedError(ReadError):
    """It is damaged, or is not of the format that its name says (params: path, format)."""

    code = "file-damaged"


class FileEncryptedError(ReadError):
    """It is protected by a password (params: path)."""

    code = "file-encrypted"


class FileScannedError(ReadError):
    """Its pages are pictures; there is no text in them (params: path, pages)."""

    code = "file-scanned"


class ArchiveTooLargeError(ReadError):
    """Unpacked, it would be larger than the limit (params: path, limit_mb)."""

    code = "archive-too-large"


class TextTooLongError(ReadError):
    """More text comes out of it than the limit allows (params: path, limit)."""

    code = "text-too-long"


class TooManyPagesError(ReadError):
    """It has more pages than the limit allows (params: path, pages, limit)."""

    code = "too-many-pages"


class ParserMemoryError(ReadError):
    """Reading it takes more memory than the limit allows (params: path, limit_mb)."""

    code = "parser-memory"


class ParserTimeError(ReadError):
    """Reading it takes more time than the limit allows (params: path, limit_s)."""

    code = "parser-time"


class ParserCrashedError(ReadError):
    """The process that read it died (params: path, status)."""

    code = "parser-crashed"


class WebError(ReadError):
    """A web page cannot be fetched (params: path)."""

    code = "web"


class WebOffError(WebError):
    """Web pages are not allowed (params: path)."""

    code = "web-off"


class WebHostRefusedError(WebError):
    """The host is not on the list of those that are allowed (params: path, host)."""

    code = "web-host-refused"


class WebAddressRefusedError(WebError):
    """The address or its port may not be fetched from (params: path, host, address)."""

    code = "web-address-refused"


class WebUnreachableError(WebError):
    """Nothing answers there (params: path, host)."""

    code = "web-unreachable"


class WebCertificateError(WebError):
    """The host cannot prove that it is the one meant (params: path, host, technical)."""

    code = "web-certificate"


class WebStatusError(WebError):
    """The server answers with an error (params: path, status)."""

    code = "web-status"


class WebRedirectError(WebError):
    """It leads on and on, or nowhere (params: path, limit)."""

    code = "web-redirect"


class WebContentError(WebError):
    """The content is of a kind that is not read (params: path, kind)."""

    code = "web-content"


class WebTimeError(WebError):
    """It takes longer than the limit (params: path, limit_s)."""

    code = "web-time"


class PagesUnreadNotice(ReadError):  # noqa: N818 - the document is taken, it is only said
    """Some of its pages are pictures without text; the others were read (params: path, pages)."""

    code = "pages-unread"


class FolderEmptyNotice(ReadError):  # noqa: N818 - nothing failed, it is only said
    """Documents of an empty folder were not taken out (params: path, documents)."""

    code = "folder-empty"


class HiddenNotice(ReadError):  # noqa: N818 - nothing failed, it is only said
    """Hidden files and folders, not looked into (params: path, of the first; count)."""

    code = "hidden"


def unreadable(path: object, error: OSError) -> FileUnreadableError:
    """Why the operating system refuses `path`, in words of our own."""
    reason = _REASONS.get(error.errno or 0, "system")
    name = errno.errorcode.get(error.errno or 0, "?")
    return FileUnreadableError(path=path, reason=reason, name=name)


def by_code(code: str) -> type[ReadError]:
    """The class of an error that another process reports by its code."""
    kinds = {kind.code: kind for kind in ReadError.__subclasses__()}
    return kinds.get(code, ReadError)
