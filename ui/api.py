"""The HTTP API, and the fragments that the page fetches."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from bilingual.errors import EncoderError, TrichdanError
from bilingual.texts import InterfaceLanguage
from ingest.errors import FormatUnknownError, WebAddressRefusedError
from rag.errors import LLMError, QuestionError
from ui.errors import (
    BusyError,
    ConversationMissingError,
    FileNameError,
    RequestMalformedError,
    RequestTooLargeError,
    StateError,
    TooOftenError,
    TurnMissingError,
    UploadsFullError,
    UsersFileError,
)
from ui.evidence import Target, library_html, reader_html
from ui.language import preferred
from ui.render import starters_html
from ui.service import Service
from vectorstore.errors import DocumentMissingError, StoreError

log = logging.getLogger(__name__)

# The first kind that an error is decides its status; whatever is not listed is a 500.
STATUSES: tuple[tuple[type[TrichdanError], int], ...] = (
    (QuestionError, 400),
    (RequestMalformedError, 400),
    (RequestTooLargeError, 413),
    (DocumentMissingError, 404),
    (StoreError, 503),
    (LLMError, 503),
    (EncoderError, 503),
    (BusyError, 503),
    (UploadsFullError, 503),
    (FileNameError, 400),
    (WebAddressRefusedError, 400),
    (FormatUnknownError, 415),
    (TooOftenError, 429),
    (ConversationMissingError, 404),
    (TurnMissingError, 404),
    (StateError, 503),
    (UsersFileError, 503),
)


class AskBody(BaseModel):
    """The body of `POST /api/ask`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str
    documents: list[str] | None = None


class TargetBody(BaseModel):
    """The body of `POST /page/evidence`: what the page's source panel shall show."""

    model_config = ConfigDict(extra="forbid", strict=True)

    document: str
    start: int = 0
    end: int = 0
    quote: str | None = None
    page: int | None = None
    section: str | None = None
    at: int | None = None


def language_of(request: Request) -> InterfaceLanguage:
    """The interface language that the browser asks for."""
    return preferred(request.headers.get("accept-language"))


Language = Annotated[InterfaceLanguage, Depends(language_of)]


def build_api(service: Service) -> APIRouter:
    """The routes of the API and of the page's fragments."""
    router = APIRouter()
    assistant = service.assistant

    @router.post("/api/ask")
    async def ask(request: Request, body: Annotated[AskBody, Body()]) -> dict[str, Any]:
        service.rate.take(request.user.name)
        async with service.gate:
            answer = await asyncio.to_thread(assistant.ask, body.question, documents=body.documents)
        service.note_question("asked", request.user, body.question, refused=answer.refused)
        return answer.to_dict()

    @router.get("/api/documents")
    def documents() -> list[dict[str, Any]]:
        return [asdict(document) for document in assistant.documents()]

    @router.get("/api/documents/{document_id}")
    def document(document_id: str) -> dict[str, Any]:
        found = assistant.document(document_id)
        return {**asdict(found), "text": assistant.document_text(document_id)}

    @router.get("/page/library", response_class=HTMLResponse)
    def library(language: Language) -> str:
        return library_html(assistant.documents(), language)

    @router.get("/page/here", status_code=204)
    def here() -> None:
        return None

    @router.get("/page/starters", response_class=HTMLResponse)
    def starters(request: Request, language: Language) -> str:
        empty = not assistant.documents()
        questions = [] if empty else service.suggestions.first(language)
        return starters_html(questions, empty, request.user, language)

    @router.post("/page/evidence", response_class=HTMLResponse)
    def evidence(body: Annotated[TargetBody, Body()], language: Language) -> str:
        target = Target(**body.model_dump())
        found = assistant.document(target.document)
        return reader_html(found, assistant.document_text(found.id), target, language)

    @router.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/ready")
    def ready() -> dict[str, Any]:
        return {"status": "ready", "documents": len(assistant.documents())}

    return router


def translate_errors(app: FastAPI) -> None:
    """Answer every error as `{"error": {"code", "message", "messages"}}`, with its status.

    The message is in the language asked for, and again in both, for pages that can be switched.
    """

    @app.exception_handler(TrichdanError)
    async def ours(request: Request, error: TrichdanError) -> JSONResponse:
        status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
        messages = {"vi": error.message("vi"), "en": error.message("en")}
        message = messages[language_of(request)]
        content = {"error": {"code": error.code, "message": message, "messages": messages}}
        return JSONResponse(content, status, {"retry-after": "5"} if status == 503 else None)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return await ours(request, RequestMalformedError(detail=f"{where}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 400:  # a body that is no UTF-8
            return await ours(request, RequestMalformedError(detail=error.detail))
        content = {"error": {"code": f"http-{error.status_code}", "message": error.detail}}
        return JSONResponse(content, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error at %s", request.url.path, exc_info=error)
        return await ours(request, TrichdanError())
