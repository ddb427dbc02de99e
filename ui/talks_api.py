"""Conversations over HTTP: listed, renamed, deleted, exported, rated."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from bilingual.texts import InterfaceLanguage
from ui.api import Language
from ui.conversations import TITLE_CHARS, Conversation, as_dict
from ui.errors import TurnMissingError
from ui.feedback import Given, Reason
from ui.frame import COMMENT_CHARS
from ui.icons import icon
from ui.logs import note
from ui.service import Service
from ui.texts import Form, conversation_markdown, turn_text
from ui.turns import Rating
from ui.wording import attribute, words

Comment = Annotated[str, StringConstraints(max_length=COMMENT_CHARS)]


class TitleBody(BaseModel):
    """The body of `PATCH /api/conversations/{id}`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, StringConstraints(max_length=10 * TITLE_CHARS)]


class FeedbackBody(BaseModel):
    """The body of `PUT …/feedback`; without a rating it is taken back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    rating: Rating | None
    reason: Reason | None = None
    comment: Comment | None = None
    right_answer: Comment | None = None


def build_talks(service: Service) -> APIRouter:
    """The routes; each sees only the conversations of whoever calls it."""
    router = APIRouter()
    kept, feedback = service.conversations, service.feedback

    @router.get("/page/conversations", response_class=HTMLResponse)
    def talks(request: Request, language: Language) -> str:
        return talks_html(kept.of(request.user.name), language)

    @router.get("/api/conversations")
    def listed(request: Request) -> list[dict[str, str]]:
        return [
            {"id": each.id, "title": each.title, "changed_at": each.changed_at}
            for each in kept.of(request.user.name)
        ]

    @router.get("/api/conversations/{conversation}")
    def export(
        request: Request,
        conversation: str,
        language: Language,
        form: Literal["json", "markdown"] = "json",
    ) -> Response:
        person = request.user.name
        found, turns = kept.get(person, conversation), kept.turns(person, conversation)
        if form == "markdown":
            content = conversation_markdown(found.title, turns, language)
            return PlainTextResponse(
                content, headers=_attached("md"), media_type="text/markdown; charset=utf-8"
            )
        return JSONResponse(as_dict(found, turns), headers=_attached("json"))

    @router.patch("/api/conversations/{conversation}")
    def rename(
        request: Request, conversation: str, body: Annotated[TitleBody, Body()]
    ) -> dict[str, str]:
        return {"title": kept.rename(request.user.name, conversation, body.title).title}

    @router.delete("/api/conversations/{conversation}", status_code=204)
    def delete(request: Request, conversation: str) -> None:
        kept.delete(request.user.name, conversation)

    @router.get("/api/conversations/{conversation}/turns/{number}")
    def turn(
        request: Request, conversation: str, number: int, language: Language, form: Form = "text"
    ) -> PlainTextResponse:
        turns = kept.turns(request.user.name, conversation)
        if not 0 < number <= len(turns):
            raise TurnMissingError
        return PlainTextResponse(turn_text(turns[number - 1], form, language))

    @router.put("/api/conversations/{conversation}/turns/{number}/feedback", status_code=204)
    def rate(
        request: Request, conversation: str, number: int, body: Annotated[FeedbackBody, Body()]
    ) -> None:
        person = request.user.name
        turns = kept.turns(person, conversation)
        if body.rating is None:
            feedback.take_back(turns, number)
            return
        given = Given(body.rating, body.reason, body.comment, body.right_answer)
        feedback.give(person, turns, number, given)
        note("rated", person=person, rating=body.rating, reason=body.reason)

    @router.get("/api/feedback")
    def export_feedback() -> StreamingResponse:
        def lines() -> Iterator[bytes]:
            for line in feedback.lines():
                yield line.encode()

        return StreamingResponse(lines(), media_type="application/jsonl")

    return router


def talks_html(conversations: list[Conversation], language: InterfaceLanguage) -> str:
    """The list of a person's conversations."""
    if not conversations:
        return words("no-conversations", language, "p", "none")
    rows = "".join(_talk(each, language) for each in conversations)
    return f'<ul class="talk-rows">{rows}</ul>'


def _talk(talk: Conversation, language: InterfaceLanguage) -> str:
    title = escape(talk.title)
    download = "".join(
        f'<a class="action" href="api/conversations/{talk.id}?form={form}" download'
        f"{_named(f'export-{form}', language)}>{form_icon}</a>"
        for form, form_icon in (("markdown", icon("markdown")), ("json", icon("download")))
    )
    return (
        f'<li class="talk" data-talk="{talk.id}">'
        f'<button type="button" class="talk-open" data-talk-open><span class="talk-title">{title}'
        f'</span><time datetime="{talk.changed_at}"></time></button>'
        f'<span class="talk-tools">'
        f"{_tool('edit', 'rename', 'data-talk-rename', talk, language)}{download}"
        f"{_tool('delete', 'delete', 'data-talk-delete', talk, language)}</span>"
        f'<form class="talk-form" hidden><input name="title" maxlength="{TITLE_CHARS}" '
        f'value="{title}"{attribute("aria-label", "new-title", language)}>'
        f"{words('save', language, 'button', 'small-button', 'type=submit')}"
        f"{words('cancel', language, 'button', 'plain', 'type=button data-talk-cancel')}</form>"
        f'<div class="talk-sure" hidden>{words("delete-sure", language)}'
        f"{words('delete-yes', language, 'button', 'danger', 'type=button data-talk-delete-sure')}"
        f"{words('cancel', language, 'button', 'plain', 'type=button data-talk-cancel')}</div></li>"
    )


def _tool(
    picture: str, key: str, hook: str, talk: Conversation, language: InterfaceLanguage
) -> str:
    label = attribute("aria-label", key, language, title=talk.title)
    return f'<button type="button" class="action" {hook}{label}>{icon(picture)}</button>'


def _named(key: str, language: InterfaceLanguage) -> str:
    return attribute("aria-label", key, language) + attribute("title", key, language)


def _attached(suffix: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="trichdan.{suffix}"'}
