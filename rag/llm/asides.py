"""What small models write around an answer: courtesies, headings, and that there is none.

None of it claims anything of the documents, so there is nothing to support. The words are few and
narrow, as a sentence that is taken for one of these is not shown; what they miss is checked like
every other sentence.
"""

from __future__ import annotations

import re

from rag.checking.citations import MARK, parse

# What may follow; a comma or a figure may begin a claim.
_ANYTHING_SHORT = r"[^.:!,;\d]{0,80}"
_HEADING = re.compile(r"\s*#{1,6}\s")
_ENGLISH = (
    r"(?:sure|certainly|of course|absolutely)(?: thing)?",
    r"(?:sure, |certainly, |of course, )?(?:here is|here's|here are|below is|below are)"
    r" (?:the|a|an|my|your) (?:short |brief |final )?(?:answers?|summary|response)\b"
    rf"{_ANYTHING_SHORT}",
    r"(?:the |my |short |final )*answer(?: to (?:the|your|this) question)?(?: is)?(?: as follows)?",
    r"(?:based on|according to) (?:the |these )(?:given |provided |above )?"
    r"(?:passages|documents|sources|context|information)(?: above| given| provided)?",
    r"(?:the )?(?:sources?|references?|citations?|summary|conclusion|notes?)(?: used)?",
    r"i hope (?:this|that|it) (?:helps|is helpful|answers your question)[^.]{0,30}",
    r"(?:please )?(?:let me know if|feel free to ask)\b[^.]{0,80}",
    r"if you have (?:any )?(?:more |other |further )?questions[^.]{0,80}",
)
_VIETNAMESE = (
    r"(?:dạ|chắc chắn rồi|tất nhiên rồi|xin chào|chào bạn|rất vui được giúp bạn)(?: ạ)?",
    r"(?:sau |dưới )?đây là (?:câu trả lời|phần trả lời|phần tóm tắt|bản tóm tắt)\b"
    rf"{_ANYTHING_SHORT}",
    r"(?:câu )?trả lời(?: cho câu hỏi(?: này| của bạn)?)?(?: (?:là )?như sau| là)?",
    r"(?:dựa (?:vào|trên)|theo|căn cứ(?: vào)?) (?:các |những )?"
    r"(?:đoạn trích|đoạn văn|tài liệu|nguồn|thông tin)(?: trên| đã cho| (?:được|đã) cung cấp)?",
    r"(?:các )?(?:nguồn(?: trích dẫn| tham khảo)?|tài liệu tham khảo|trích dẫn|tóm tắt|kết luận"
    r"|ghi chú)",
    r"(?:tôi |mình )?(?:hy|hi) vọng [^.]{0,40}(?:giúp|hữu ích)[^.]{0,30}",
    r"nếu (?:bạn )?(?:còn|có) (?:thêm |bất kỳ )*(?:câu hỏi|thắc mắc)[^.]{0,80}",
)
_ASIDE = re.compile(rf"\W*(?:{'|'.join([*_ENGLISH, *_VIETNAMESE])})\W*", re.IGNORECASE)

_NO_CONTRAST = r"(?:(?!\b(?:but|only|though|although|while|nhưng|song|chỉ|mà)\b)[^.,;:])*"
_PASSAGES = (
    r"(?:(?:(?:the|these|any of the) )?(?:given |provided |above )?"
    r"(?:passages?|excerpts?|context|(?:given|provided) (?:documents?|texts?|information|sources?))"
    r"|(?:the|these) documents)"
    r"(?: above| given| provided)?"
)
_TELL = r"(?:answer|address|contain|provide|include|give|mention|say|state|specify)"
_TOLD = (
    r"(?:answered|addressed|contained|provided|included|given|mentioned|stated|specified|found"
    r"|available|present)"
)
_DOAN = (
    r"(?:các |những )?(?:đoạn trích|đoạn văn|ngữ cảnh|tài liệu)"
    r"(?: trên| này| đã cho|(?: được| đã) cung cấp)?"
)
_NOI = r"(?:trả lời|nói|nêu|đề cập|nhắc|chứa|cung cấp|cho biết|có thông tin)"
_WITHOUT_ANSWER = re.compile(
    r"\W*(?:(?:unfortunately|(?:i'm |i am )?sorry|rất tiếc|xin lỗi)[,.:]? (?:but )?)?(?:"
    rf"{_PASSAGES} (?:do(?:es)? not|don't|doesn't|cannot|can't) (?:directly |explicitly )?"
    rf"{_TELL}\b{_NO_CONTRAST}"
    rf"|not in {_PASSAGES}"
    rf"|none of {_PASSAGES} (?:directly |explicitly )?{_TELL}e?s?\b{_NO_CONTRAST}"
    rf"|(?:it|this|that|(?:this|that|the|such) (?:information|question|answer))(?: is|'s| was)"
    rf"(?: not|n't) (?:directly |explicitly )?{_TOLD}\b{_NO_CONTRAST}\b(?:in|by|from) {_PASSAGES}"
    r"|i (?:do not|don't) know(?: the answer)?"
    r"|i (?:cannot|can't|am unable to|could not|couldn't|was unable to)"
    rf" (?:answer|find|help|assist|determine)\b{_NO_CONTRAST}"
    rf"|as an ai(?: language model| model| assistant)?, i (?:cannot|can't|do not|don't|am)\b"
    rf"{_NO_CONTRAST}"
    rf"|(?:there is )?no (?:relevant )?(?:information|mention|answer)\b{_NO_CONTRAST}"
    rf"\bin {_PASSAGES}"
    rf"|{_DOAN} (?:đều )?không (?:có thể )?(?:trực tiếp )?{_NOI}(?!\w){_NO_CONTRAST}"
    rf"|không (?:có )?(?:{_DOAN}|đoạn) nào {_NOI}(?!\w){_NO_CONTRAST}"
    r"|(?:tôi )?không (?:biết câu trả lời|thể trả lời|thể giúp|tìm thấy câu trả lời)(?!\w)"
    rf"{_NO_CONTRAST}|tôi không biết|tôi không tìm thấy thông tin(?!\w){_NO_CONTRAST}"
    rf"|không (?:có|tìm thấy) thông tin\b{_NO_CONTRAST}\btrong {_DOAN}"
    rf"|(?:thông tin|câu hỏi|điều|nội dung) này không"
    rf" (?:có|được (?:nêu|đề cập|nhắc|trả lời|cung cấp))(?!\w){_NO_CONTRAST}\btrong {_DOAN}"
    r")\W*",
    re.IGNORECASE,
)


def claims_nothing(sentence: str) -> bool:
    """Whether a sentence, marks and Markdown included, is a courtesy, a heading or a lead-in."""
    text = parse(sentence, 0).text
    headed = _HEADING.match(sentence) is not None and MARK.search(sentence) is None
    return headed or _ASIDE.fullmatch(text) is not None


def says_no_answer(text: str) -> bool:
    """Whether a sentence without marks says, in the model's own words, that there is no answer."""
    return _WITHOUT_ANSWER.fullmatch(text.replace("’", "'")) is not None
