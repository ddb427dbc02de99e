"""What a question says for politeness' sake, and the question without it, if there is one."""

from __future__ import annotations

import re
from functools import cache

from bilingual.function_words import ENGLISH, UNMARKED, VIETNAMESE
from bilingual.orthography import fold, has_marks, words

# Vietnamese is written with marks here, and folded for what was
# typed without any: "cháo" is no greeting, "chao" may be one.
_STOP = r"(?:\s*[,.!:;]+(?=\s|$)|\s+[–—-]+(?=\s)|\s*$)"
_WH = "if|whether|what|who|whom|whose|how|when|where|which|why"
_HELLO = r"(?:hi|hello|hey|good (?:morning|afternoon|evening))"
_ALL = (
    r"(?: (?:there|again|all|everyone|everybody|team|folks|colleagues?|friends?|guys|or|and|sir"
    r"|madam))*"
)
_NAMED = r"(?: [^\s,.!?:;]+\.?)"
_THANKS = (
    r"(?:many |much )?(?:thanks|thank you|thx|cheers|appreciated)"
    r"(?: (?:a lot|a million|very much|so much|again|all|everyone|in advance"
    r"|for (?:(?:your|the|any|all|kind|quick|prompt) )*"
    r"(?:help|time|support|assistance|answer|reply|response|attention|patience|understanding)))*"
)
_SORRY = r"(?:(?:i am|i['’]m|we are|so|very|really|my) )*(?:sorry|apologies|excuse me|pardon me)"
_TROUBLE = (
    r" (?:for|to|if|about) (?:(?:the|this|i am|my) )*"
    r"(?:bother|trouble|disturb|interrupt|inconvenience|ask)\w*(?: (?:you|again|all|this))*"
)
_SOMEBODY = "(?:you|anyone|anybody|someone|somebody)"
_CAN = "(?:can|could|would|will|might|may)"
_SELF = "(?:(?:chúng |bọn |bên )?(?:em|tôi|mình|cháu|con|tớ))"
_PERSON = (
    "(?:(?:quý |các )?(?:anh|chị|em|cô|chú|bác|thầy|bạn|ông|bà|sếp|vị|công ty|cơ quan)"
    "(?:/(?:anh|chị|em|cô|thầy|bạn|bà))?|mọi người|cả nhà|team|admin|ad)"
)
_PEOPLE = rf"{_PERSON}(?:(?: |, ?| và ){_PERSON}){{0,3}}"
_PLEASE = rf"(?:xin|vui lòng|làm ơn|rất mong|mong|nhờ|phiền|có thể|{_PERSON})"
_THANK_YOU = (
    rf"(?:{_SELF} )?(?:xin )?(?:rất )?(?:chân thành |trân trọng |thành thật )?(?:cảm ơn|cám ơn)"
    rf"(?: (?:{_PERSON}|rất|nhiều|lắm|trước|nhé|nha|ạ)\b){{0,8}}"
)
_ANSWER_ME = (
    rf"(?:{_SELF} )?(?:rất )?mong (?:{_PEOPLE} )?(?:sớm )?(?:được |nhận được )?"
    r"(?:phản hồi|hồi âm|giải đáp|hướng dẫn|trả lời|hỗ trợ|(?:chỉ )?giúp(?: đỡ)?)"
    rf"(?: (?:từ|của|với|ạ|sớm|{_PERSON}|{_SELF})\b){{0,6}}"
)
_ASK = rf"(?:{_SELF} (?:xin|muốn)|xin) (?:được |phép )*(?:hỏi|biết)(?! thì\b)"

# At the start of a sentence.
_GREETINGS = (
    rf"(?:{_HELLO}|greetings|dear|good day|morning|afternoon|evening){_ALL}"
    rf"(?:{_STOP}|(?= (?:{_WH}|can|could|would|may|is|are|do|does|i|we|please|tell)\b))",
    rf"{_HELLO}{_NAMED}{{1,2}}\s*[,!](?=\s|$)",
    r"(?:ok|okay|okie|alright|all right|well|so|hmm+|um+)(?: (?:so|then))?"
    rf"(?:{_STOP}|(?= (?:{_WH})\b))",
    rf"dear{_NAMED}{{1,4}}\s*[,!:](?=\s|$)",
    rf"{_SORRY}(?:{_TROUBLE}{_STOP}?|{_STOP}|(?= but\b))(?:\s*but\b)?",
    rf"{_THANKS}{_STOP}",
    r"i hope (?:that )?(?:you are|you['’]re|everyone is|all is|everything is)"
    rf"(?: (?:all|both|doing|keeping|going))* (?:well|fine|good|okay|ok|great){_STOP}",
    r"i hope (?:that )?(?:this|my) (?:(?:message|e-?mail|note|letter) )?finds you"
    rf"(?: all)? (?:well|in good health){_STOP}",
    r"i hope (?:that )?it(?: is|['’]s) (?:ok|okay|fine|all right)"
    rf"(?: to ask(?: (?:this|here|you))*)?{_STOP}",
    r"i hope (?:that )?(?=(?:you|someone|somebody|anyone) (?:can|could|may|might)\b)",
    r"(?:how are you(?: (?:today|doing|all))*|bạn khỏe không)\s*[?,.!]+",
    rf"dạ(?: vâng)?(?:{_STOP}|(?= (?:thưa|ạ|cho|xin|{_SELF} (?:chào|xin|cho|muốn|cảm))\b))",
    rf"(?:{_SELF} )?(?:xin )?(?:kính )?(?:chào|hi|hello)(?: buổi (?:sáng|trưa|chiều|tối))?"
    rf"(?: (?:{_PEOPLE}|phòng|bộ phận){_NAMED}{{0,4}}?)?(?: ạ| nhé| nha)?"
    rf"(?:{_STOP}|(?= (?:cho|xin|làm ơn|nhờ|{_SELF} (?:muốn|xin|cần|có))\b))",
    rf"(?:kính gửi|kính thưa)\b[^,.:;!?]{{1,60}}?(?:{_STOP}|(?= (?:cho|xin|vui lòng)\b))",
    rf"(?:thưa|gửi) {_PEOPLE}(?: ạ)?{_STOP}",
    rf"{_PEOPLE} ơi\b{_STOP}?",
    rf"(?:{_THANK_YOU}|{_ANSWER_ME}){_STOP}",
    rf"(?:kính )?chúc {_PEOPLE}\b[^.,?!]{{1,40}}[.!]",
)
# There, or after a comma.
_ASKING = (
    r"(?:i|we)(?: was| were| am| are|['’]m|['’]re)?(?: just| also)? wonder(?:ing|ed)?"
    rf"(?=,? (?:{_WH}|about)\b)",
    rf"(?:(?:please |if |whether )?(?:{_CAN} {_SOMEBODY}|{_SOMEBODY} {_CAN})|please|kindly)"
    r"(?: (?:please|kindly|perhaps|possibly|also|mind|be so kind as to|be able to))*"
    r" (?:(?:tell|let|inform|help|advis|remind)(?:e|ing)? (?:me|us)(?: know)?"
    rf"(?: (?:to )?(?:understand|find(?: out)?))?|help(?={_STOP}|\?))(?:{_STOP}|\?+)?",
    r"(?:i|we)(?: would|['’]d)? (?:like|want|need|am writing|was hoping) to"
    r" (?:know|find out|understand|ask|inquire|enquire)"
    rf"(?= (?:{_WH}|about|you)\b)",
    r"(?:may|can|could) (?:i|we) (?:please |just )?ask(?: you)?"
    rf"(?: a (?:quick )?question)?(?:(?= (?:{_WH}|about)\b)|{_STOP}|\?+)",
    rf"(?:i|we) have (?:a|one|another) (?:\w+ )?question(?:{_STOP}|(?= about\b))",
    rf"(?:just )?(?:(?:a|one) )?quick question{_STOP}",
    r"i(?: would|['’]d) (?:be (?:\w+ )?(?:grateful|glad|happy|obliged)"
    r"|(?:\w+ )?appreciate it) if(?= (?:you|someone|somebody|anyone)\b)",
    rf"(?:{_PLEASE} ){{0,6}}(?:cho (?:phép )?(?:(?:{_SELF} )?(?:được |xin )?hỏi|{_SELF} biết)"
    rf"|{_ASK}|xin cho biết)"
    rf"(?: (?:chút|tí|xíu|với|là|rằng))*(?: ạ)?(?:{_STOP}|\b)",
    rf"(?:rất )?(?:mong|nhờ|phiền) (?:được )?{_PEOPLE} (?:vui lòng |làm ơn )?"
    rf"(?:(?:chỉ|giúp|hướng dẫn|giải đáp|tư vấn|hỗ trợ|trả lời|cho biết)\b(?: {_SELF})?"
    rf"(?: (?:giúp|dùm|giùm|hộ|cho|với|về))*(?: {_SELF}\b)?\s*)+{_STOP}?",
)
# At the end of the question, after a comma or a sentence; the last ones after anything.
_CLOSINGS = (
    rf"(?:please and )?{_THANKS}",
    rf"{_SORRY}{_TROUBLE}",
    r"(?:(?:best|kind|warm|many) )*regards\b[^?]{0,40}",
    r"(?:yours )?sincerely\b[^?]{0,40}",
    r"have a (?:nice|good|great|lovely) (?:day|evening|weekend|one)(?: ahead)?",
    r"please (?:help|advise|let me know)(?: (?:me|us))?",
    r"any help (?:would be|is) (?:much |greatly )?appreciated",
    _THANK_YOU,
    r"trân trọng(?: kính chào)?",
    rf"(?:kính )?chúc {_PEOPLE}[^?]{{1,40}}",
    _ANSWER_ME,
)
_PLAIN_CLOSINGS = (
    r"(?:many thanks|(?:thanks|thank you) (?:a lot|in advance|very much|so much))",
    rf"(?:{_SELF} |{_SELF} xin |xin |{_SELF} )?(?:chân thành |trân trọng )(?:cảm ơn|cám ơn)"
    rf"(?: (?:{_PERSON}|nhiều|ạ)\b){{0,6}}",
    rf"(?:{_SELF} xin|{_SELF}|xin) (?:cảm ơn|cám ơn)(?: (?:{_PERSON}|nhiều|trước|ạ)\b){{0,6}}",
    r"(?:cảm ơn|cám ơn) (?:nhiều|trước|ạ)(?: ạ)?",
)
# What is said to the program and not of the documents: the whole question, alone or in a row.
_BOT = r"(?:bot|chatbot|assistant|robot|trichdan|trợ lý(?: ảo)?|mày|cậu|bạn|em|mình)"
# After a word that is no part of the greeting: "hi can you …", "chào bạn là ai".
_GOES_ON = r"(?! (?:có|là|tên|khỏe|làm|giúp|biết|hãy|you|i|we)\b)"
_TALK = (
    rf"{_HELLO}(?: (?!(?:{_WH})\b)\w+(?!\w){_GOES_ON}|{_ALL})",
    rf"(?:{_HELLO}|hế lô|hê lô|xin chào|chào)(?: (?:{_BOT}|{_PEOPLE}|nhé|nha|ạ){_GOES_ON})*",
    r"a ?l[oô]+|help(?: me)?(?: please)?|please help(?: me)?|can you help(?: me)?",
    r"good (?:night|day)|(?:good)?bye(?: ?bye)?|see you(?: (?:later|soon|again))?",
    rf"(?:xin )?tạm biệt(?: {_BOT})?|hẹn gặp lại(?: {_BOT})?|chúc ngủ ngon",
    rf"(?:{_THANKS}|tks|thks|ty)(?: (?:bot|assistant|man|mate|buddy))?|{_THANK_YOU}(?: {_BOT})?",
    r"o+k+(?:ay|ie|e|ê|ela)?|alright|all right|i see|got it|understood|sure|fine|(?:very )?good",
    r"(?:that['’]?s |this is )?(?:great|perfect|nice|cool|awesome|good job|well done|wow)",
    r"vâng(?: ạ)?|dạ(?: vâng)?|ừ+|ừm|(?:được|hiểu|rõ|biết) rồi",
    r"tuyệt(?: vời)?|hay quá|tốt lắm|giỏi(?: quá)?",
    r"(?:ha|hi|he){2,}|test(?:ing)?|thử",
    r"how are you(?: (?:today|doing|all))*|what(?: is|['’]?s) up|nice to meet you",
    rf"{_BOT} (?:có )?khỏe (?:không|ko)",
    r"(?:who|what) are you|what(?: is|['’]?s) your name|do you have a name",
    r"are you (?:an? )?(?:real |ai )?(?:bot|chatbot|robot|human|person|ai|machine|program)",
    r"who (?:made|created|built|wrote) you|introduce yourself|tell me about yourself",
    r"what (?:can|do|could) you (?:do|help|answer)(?: (?:for|with|me|us))*",
    r"how (?:can|do|could) (?:you help(?: me| us)?|you work|i use (?:you|this))",
    rf"{_BOT} (?:tên )?là (?:ai|gì|cái gì)|{_BOT} tên (?:là )?gì|tên (?:của )?{_BOT} là gì",
    rf"{_BOT} là (?:người|robot|bot|chatbot|ai|máy)(?: thật)?(?: (?:à|hả|không|phải không|sao))*",
    rf"{_BOT} (?:có thể |biết )?(?:làm|giúp|trả lời|hỗ trợ)(?: (?:được|cho|{_SELF}))*"
    rf" (?:gì|những gì|việc gì|điều gì)(?: (?:được|cho|{_SELF}|vậy|thế|không))*",
    rf"{_BOT} (?:có thể )?giúp(?: (?:được|cho|{_SELF}))* (?:không|ko)|ai (?:tạo|làm) ra {_BOT}",
    rf"(?:hãy )?giúp {_SELF}(?: với| đi)?|(?:hãy )?giới thiệu (?:về )?(?:bản thân|{_BOT})",
)
_SENTENCE = re.compile(r"[.!?;]\s+")
_CLAUSE = re.compile(r",\s*")
_ASKS = re.compile(
    rf"(?<!\w)(?:{_WH}|ai|gì|gi|nào|nao|đâu|dau|bao|mấy|may|sao|thế nào|the nao)(?!\w)"
)


def without_courtesy(text: str) -> str:
    """`text` without greetings, thanks and "could you kindly tell me".

    A question that is nothing else stays as it is.
    """
    kept = _stripped(text)
    left = set(words(kept))
    asks = "?" in kept or left - ENGLISH - VIETNAMESE - UNMARKED
    return kept if left and asks else text


def is_courtesy(text: str) -> bool:
    """Whether `text` is nothing but greetings, thanks and questions about the program itself."""
    bare = " ".join(words(text))
    talk = _talk(marked=has_marks(bare))
    bare = bare if has_marks(bare) else fold(bare)
    at = 0
    while found := talk.match(bare, at):
        at = found.end()
    if at == len(bare):
        return True
    if _ASKS.search(bare):
        return False  # "Chào anh Minh là ai": a greeting takes in the words that follow it
    return not words(_stripped(bare))


def _stripped(text: str) -> str:
    """`text` without courtesy; it may be empty."""
    bare = text if has_marks(text) else fold(text)
    if len(bare) != len(text):  # a combining mark: offsets would not hold
        return text
    opening, asking, closing = _courtesies(marked=has_marks(text))
    kept = ""
    starts = {0: opening} | {match.end(): asking for match in _CLAUSE.finditer(bare)}
    starts |= {match.end(): opening for match in _SENTENCE.finditer(bare)}
    done = 0
    for start, said in sorted(starts.items(), key=lambda item: item[0]):
        at = max(start, done)
        while found := said.match(bare, at):
            at = found.end()
        if at > max(start, done):
            kept, done = kept + text[done:start], at
    end = len(bare)
    while found := closing.search(bare, done, end):
        end = found.start()
    return " ".join(f"{kept} {text[done:end]}".split()).strip(" ,;:–—-")


@cache
def _talk(*, marked: bool) -> re.Pattern[str]:
    """One thing said to the program, over words with a space between."""
    form = rf"\s*(?:{'|'.join(_TALK)})(?!\w)\s*"
    return re.compile(form if marked else fold(form))


@cache
def _courtesies(*, marked: bool) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What opens a sentence, what a clause, and what ends the question."""
    asking = "|".join(_ASKING)
    opening = "|".join([*_GREETINGS, *_ASKING])
    closing = (
        rf"(?:(?:^|(?<=[?.!,;]))\s*|\s+[–—-]+\s+)(?:{'|'.join(_CLOSINGS)})[\s.,!?/)]*$"
        rf"|\s+(?:{'|'.join(_PLAIN_CLOSINGS)})[\s.,!]*$"
    )
    forms = [rf"\s*\b(?:{opening})\s*", rf"\s*\b(?:{asking})\s*", closing]
    one, two, three = (re.compile(form if marked else fold(form), re.IGNORECASE) for form in forms)
    return one, two, three
