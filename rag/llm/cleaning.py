"""Model output without images, links, raw HTML and hidden thoughts, cleaned as it streams.

A document can talk a model into writing an image or a link whose address carries what it has
read; whoever renders it calls that address. So none of it leaves here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_OPENS = (
    r"(?:<(?:think(?:ing)?|thoughts?|reasoning)>|\[THINK\]|◁think▷"
    r"|<\|channel\|>(?:analysis|commentary)[^<]{0,40}<\|message\|>)"
)
_ENDS = r"(?:</(?:think(?:ing)?|thoughts?|reasoning)>|\[/THINK\]|◁/think▷)"
_THOUGHT_OPENS = re.compile(_OPENS, re.IGNORECASE)
# The last ends what a channel opens; alone it ends an answer.
_THOUGHT_ENDS = re.compile(rf"(?:{_ENDS}|<\|end\|>)", re.IGNORECASE)
_THOUGHT = re.compile(
    rf"{_THOUGHT_OPENS.pattern}.*?(?:{_THOUGHT_ENDS.pattern}|\Z)", re.DOTALL | re.IGNORECASE
)
# One that the chat template has opened, so that the model only ends it: DeepSeek-R1's, QwQ's.
_OPENED_BEFORE = re.compile(rf".*{_ENDS}", re.DOTALL | re.IGNORECASE)
_LONGEST_TAG = len("</reasoning>")
# What a chat template writes around a turn, where a server lets it through.
_TEMPLATE_TOKEN = re.compile(
    r"(?:<\|(?:im_)?start\|>\w+)?<\|channel\|>\w+<\|message\|>"
    r"|<\|(?:im_)?start\|>\w+|<[|｜][^<>|｜\s]{1,40}[|｜]>|\[/?INST\]"
)
# The fence of a passage, repeated as its citation.
_FENCE = re.compile(r"<<<(?:PASSAGE|END) (\d{1,2})[^<>\n]{0,20}>>>")
# Where one of these stands, words do not run together.
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|table|t[rdh]|blockquote)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# `a < b` and `<3` are text; `<b`, `</b` and `<!` are what a browser would read as markup.
_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(
    r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])?"
)
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_NUMBER = re.compile(r"\^?\d{1,2}")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"“”]+|www\.[^\s<>\"“”]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?)]}'’*_"

# What may go on in the next piece. The counts bound how long text is held back.
_OPEN = re.compile(
    rf"(?:{_OPENS}(?:(?!{_ENDS}).)*|<!--(?:(?!-->).){{0,4000}}"
    r"|<[A-Za-z/!?][^<>]{0,2000}"
    r"|!?\[[^\[\]\n]{0,300}(?:\[[^\[\]\n]{0,100}\]?[^\[\]\n]{0,300})?"
    r"|!?\[[^\[\]\n]*\](?:\([^()\n]{0,2000})?)\Z",
    re.DOTALL | re.IGNORECASE,
)


class Cleaner:
    """Cleans a stream: what `feed` returns needs no second look when more comes.

    Attributes:
        began_anew: With the piece last fed, a thought has ended that nothing had opened, so what
            came before it is no part of what the model says.
    """

    def __init__(self, evidence: Sequence[str] = ()) -> None:
        """Start a stream.

        Args:
            evidence: Texts whose web addresses may be repeated.
        """
        self.began_anew = False
        self._evidence = evidence
        self._held = ""

    def feed(self, piece: str) -> str:
        """Take in `piece`; give back what is now certain, cut at white space."""
        self._held = _shorten_thought(self._held + piece)
        self.began_anew = False
        if _open_thought(self._held) is not None:
            return ""
        without = _THOUGHT.sub("", self._held)
        if ended := _OPENED_BEFORE.match(without):
            self.began_anew, self._held = True, without[ended.end() :]
        boundary = _after_last_space(self._held)
        while found := _OPEN.search(self._held[:boundary]):
            boundary = _after_last_space(self._held[: found.start()])
        ready, self._held = self._held[:boundary], self._held[boundary:]
        return clean(ready, self._evidence)

    def finish(self) -> str:
        """The rest, cleaned."""
        rest, self._held = self._held, ""
        return clean(rest, self._evidence)


def clean(text: str, evidence: Sequence[str] = ()) -> str:
    """`text` without thoughts, HTML, images, links (their words stay) and unknown addresses."""
    # Taking one thing out can make another: <scr<b>ipt>.
    while (once := _cleaned_once(text, evidence)) != text:
        text = once
    return text


def readable(text: str) -> str:
    """`text` with its half characters joined, or shown as lost, and without invisible ones.

    Escape sequences would act on a terminal, and marks of direction reverse what people read.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(
        char for char in whole if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf")
    )


def _cleaned_once(text: str, evidence: Sequence[str]) -> str:
    text = _OPENED_BEFORE.sub("", _THOUGHT.sub("", text))
    text = _TEMPLATE_TOKEN.sub("", _FENCE.sub(r"[\1]", text))
    text = _TAG.sub("", _BLOCK_TAG.sub("\n", _COMMENT.sub("", text)))
    text = _TAG_START.sub("", text)
    text = _LINK.sub(_words_of_link, _IMAGE.sub("", text))
    # Whatever still looks like an image or a link, malformed or nested, no longer does.
    text = text.replace("![", "[").replace("](", "] (")
    return _ADDRESS.sub(lambda found: _known_address(found[0], evidence), text)


def _words_of_link(found: re.Match[str]) -> str:
    """The words of a link; of [1](#1), which is a citation, the citation."""
    return f"[{found[1]}]" if _NUMBER.fullmatch(found[1]) else found[1]


def _known_address(address: str, evidence: Sequence[str]) -> str:
    """`address` if a passage holds it whole, else only the punctuation that follows it."""
    bare = address.rstrip(_AFTER_ADDRESS)
    # A longer address of the passage must not vouch for its beginning, nor this for more.
    whole = re.compile(re.escape(bare) + r"(?![\w/?#=&%-])")
    known = any(whole.search(text) for text in evidence)
    return address if known else address[len(bare) :]


def _after_last_space(text: str) -> int:
    return max(text.rfind(" "), text.rfind("\n")) + 1


def _open_thought(text: str) -> int | None:
    """Where the inside of a thought begins that has not ended; None where there is none."""
    start = max((found.end() for found in _THOUGHT_OPENS.finditer(text)), default=-1)
    return None if start < 0 or _THOUGHT_ENDS.search(text, start) else start


def _shorten_thought(text: str) -> str:
    """Forget the inside of an open thought, which can be long, but not a tag half come."""
    start = _open_thought(text)
    return text if start is None else text[:start] + text[start:][-_LONGEST_TAG:]
