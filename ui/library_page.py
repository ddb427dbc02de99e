"""The library's page: what it holds, and putting documents in and taking them out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import ClientDisconnect

from bilingual.texts import InterfaceLanguage
from ingest.reading import KNOWN_SUFFIXES
from ui.api import Language
from ui.errors import RequestTooLargeError
from ui.evidence import MANY_DOCUMENTS, finder, short_source
from ui.frame import (
    account,
    citation_steps,
    language_switch,
    reader_section,
    sign,
    skip,
    wordings_template,
)
from ui.icons import icon
from ui.logs import note
from ui.service import Service
from ui.shell import document
from ui.uploads import Upload, Uploads
from ui.wording import attribute, wordings, words
from vectorstore import Holding


class AddressBody(BaseModel):
    """The body of `POST /api/addresses`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, StringConstraints(max_length=2000)]


def build_library(service: Service, way: str, version: str) -> APIRouter:
    """The page and the requests it makes."""
    router = APIRouter()
    uploads, settings = service.uploads, service.settings

    @router.get("/library", response_class=HTMLResponse)
    def page(request: Request, language: Language) -> str:
        return library_page(
            language,
            version,
            attributes=f' data-person="{escape(request.user.name)}"'
            f' data-role="{request.user.role}" data-way="{way}"',
            upload_mb=settings.upload_mb,
            addresses=service.addresses_allowed,
        )

    @router.get("/page/shelf", response_class=HTMLResponse)
    def shelf(language: Language) -> str:
        return shelf_html(service.shelves.holdings(), language)

    @router.get("/api/uploads")
    def listed() -> list[dict[str, Any]]:
        return [_as_dict(upload) for upload in uploads.all()]

    @router.post("/api/uploads", status_code=202)
    async def receive(request: Request, name: str) -> dict[str, Any]:
        return _as_dict(await _receive(request, name, uploads, settings.upload_mb))

    @router.post("/api/addresses", status_code=202)
    def add_address(request: Request, body: Annotated[AddressBody, Body()]) -> dict[str, Any]:
        return _as_dict(uploads.address(body.url.strip(), request.user.name))

    @router.delete("/api/documents/{document_id}", status_code=204)
    def remove(request: Request, document_id: str) -> None:
        uploads.removed(service.shelves.remove(document_id))
        note("removed", person=request.user.name, document=document_id)

    return router


async def _receive(request: Request, name: str, uploads: Uploads, limit_mb: int) -> Upload:
    """Write the body of a request into a file, and let it wait for its turn.

    Raises:
        RequestTooLargeError: It is larger than allowed; nothing of it is kept.
    """
    cleaned, part = uploads.receiving(name)
    size_bytes = 0
    try:
        with part.open("xb") as file:
            async for chunk in request.stream():
                size_bytes += len(chunk)
                if size_bytes > limit_mb * 1024 * 1024:
                    raise RequestTooLargeError(limit_kb=limit_mb * 1024)
                await asyncio.to_thread(file.write, chunk)
        return await asyncio.to_thread(uploads.received, cleaned, part, request.user.name)
    except ClientDisconnect:
        part.unlink(missing_ok=True)
        raise RequestTooLargeError(limit_kb=limit_mb * 1024) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _as_dict(upload: Upload) -> dict[str, Any]:
    reason, replaced = upload.reason, upload.replaced
    return {
        "id": upload.id,
        "name": upload.name,
        "stage": upload.stage,
        "open": upload.open,
        "done": upload.done,
        "total": upload.total,
        "reason": {"vi": reason.message("vi"), "en": reason.message("en")} if reason else None,
        "replaced": wordings("upload-replaced", title=replaced) if replaced else None,
    }


_LATER = (
    "upload-sending", "upload-waiting", "upload-reading", "upload-embedding", "upload-publishing",
    "upload-added", "upload-changed", "upload-unchanged", "upload-renamed", "upload-failed",
    "upload-too-large", "removed", "not-removed", "step",
)  # fmt: skip


def library_page(
    language: InterfaceLanguage, version: str, *, attributes: str, upload_mb: int, addresses: bool
) -> str:
    """The whole page; the list is fetched."""
    header = (
        f'<header class="bar">{skip("skip-to-list", "shelf", language)}'
        f'<div class="brand">{sign()}<span class="name">Trichdan</span>'
        f"{words('library', language, css='tagline')}</div>{language_switch(language)}"
        f'<a class="tool back" href="./">{icon("chat")}{words("back-to-chat", language)}</a>'
        f"{account(language)}</header>"
    )
    address = ""
    if addresses:
        label = attribute("aria-label", "address", language)
        place = attribute("placeholder", "address", language)
        address = (
            f'<form class="address needs-administrator"><input name="url" type="url" required '
            f'maxlength="2000"{label}{place}>'
            f"{words('add-address', language, 'button', 'small-button', 'type=submit')}</form>"
        )
    known = ", ".join(suffix.lstrip(".") for suffix in KNOWN_SUFFIXES)
    drop = (
        f'<div class="drop needs-librarian" data-limit-mb="{upload_mb}">{icon("upload")}'
        f"{words('drop-here', language, 'p')}"
        f'<label class="primary">{words("choose-files", language)}<input type="file" id="files" '
        f'multiple class="sr" accept="{",".join(KNOWN_SUFFIXES)}"></label>'
        f"{words('drop-detail', language, 'p', 'small', formats=known, size=upload_mb)}"
        f"{words('same-name', language, 'p', 'small')}{address}</div>"
    )
    main = (
        f'<main class="shelves">{words("library", language, "h1")}{drop}'
        '<ul class="uploads" id="uploads" aria-live="polite"></ul>'
        f'<div id="shelf" tabindex="-1" aria-busy="true"></div></main>'
    )
    panel = (
        f'<aside class="panel"{attribute("aria-label", "panel", language)}>'
        f'<button type="button" class="close" data-panel-close'
        f"{attribute('aria-label', 'close', language)}>{icon('close')}</button>"
        f"{citation_steps(language)}{reader_section('nothing-read', language)}</aside>"
    )
    body = (
        f'<div id="trichdan" class="library-page"><div id="bar">{header}</div>'
        f'<div id="conversation">{main}</div><div id="evidence">{panel}</div>'
        '<p id="said" class="sr" role="status"></p><p id="toast" class="toast" hidden></p>'
        f"{wordings_template(_LATER, language)}</div>"
    )
    return document(
        body,
        title="library-title",
        language=language,
        version=version,
        script="library.js",
        attributes=attributes,
    )


def shelf_html(holdings: Sequence[Holding], language: InterfaceLanguage) -> str:
    """The documents in a table, each openable and removable."""
    if not holdings:
        return (
            f'<div class="first-run">{words("first-run-title", language, "h2")}'
            f"{words('first-run', language, 'p', 'needs-librarian')}"
            f"{words('first-run-reader', language, 'p', 'for-readers')}</div>"
        )
    heads = "".join(
        words(f"column-{name}", language, "th", f"column-{name}", 'scope="col"')
        for name in ("title", "language", "pages", "passages", "added")
    )
    removal = words("column-remove", language, css="sr")
    rows = "".join(_row(holding, language) for holding in holdings)
    search = finder(language) if len(holdings) > MANY_DOCUMENTS else ""
    return (
        f'{search}<table class="documents-table"><thead><tr>{heads}'
        f'<th scope="col" class="needs-librarian">{removal}</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _row(holding: Holding, language: InterfaceLanguage) -> str:
    held = holding.document
    title = escape(held.title)
    remove = attribute("aria-label", "remove-document", language, title=held.title)
    return (
        f'<tr data-row="{escape(held.id)}"><td class="column-title">'
        f'<button type="button" class="document" data-document="{escape(held.id)}">'
        f'<span class="document-title" lang="{held.language}">{title}</span>'
        f'<span class="document-facts">{escape(short_source(held.source))}</span></button></td>'
        f"<td>{words(f'language-{held.language}', language)}</td>"
        f"{_count_cell(held.pages, 'page', language)}"
        f"{_count_cell(holding.passages, 'passage', language)}"
        f'<td><time data-day datetime="{escape(holding.added_at)}"></time></td>'
        '<td class="needs-librarian removal">'
        f'<button type="button" class="action" data-remove{remove}>{icon("delete")}</button>'
        f'<span class="sure" hidden>{words("remove-sure", language)}'
        f"{words('remove-yes', language, 'button', 'danger', 'type=button data-remove-sure')}"
        f"{words('cancel', language, 'button', 'plain', 'type=button data-remove-cancel')}</span>"
        "</td></tr>"
    )


def _count_cell(count: int | None, unit: str, language: InterfaceLanguage) -> str:
    """A cell with a number; on phones, where rows are not set in columns, its unit follows it."""
    if not count:
        return '<td class="number none">–</td>'
    named = words(f"unit-{unit}" if count == 1 else f"unit-{unit}s", language, css="unit")
    return f'<td class="number"><span data-number="{count}"></span> {named}</td>'
