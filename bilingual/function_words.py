"""Words that carry grammar and not content, in both languages.

Questions are analysed without them: "how many countries signed the statement?" asks about
countries, signing and the statement.
"""

from __future__ import annotations

from bilingual.orthography import fold

ENGLISH = frozenset(
    "a an the of and or but nor to in on at by for with from as into onto upon about over under "
    "between among during before after since until than then so if though although while because "
    "is are was were be been being am do does did doing done has have had having will would shall "
    "should can could may might must ought it its itself he him his she her they them their theirs "
    "we us our you your i me my mine this that these those there here who whom whose what which "
    "when where why how not no yes any some all each every both either neither such same other "
    "another own just only also too very more most much many few less least again ever still yet "
    "even out up down off through per via s t please tell give list name explain describe say "
    "said says know want like kindly exactly actually according mentioned mention "
    # What frames a question and not what it is about.
    "type types kind kinds sort sorts opinion view eyes way ways thing things roughly about "
    "approximately apart else counting besides example examples whether "
    "anyone anybody someone somebody".split()
)

VIETNAMESE = frozenset(
    "là của và có không được các những này nọ với cho trong tại đến từ về một đã đang sẽ bị theo "
    "ra cũng như vì do bởi để thì mà ở rằng vào trên dưới ấy kia đó đây hay hoặc nhưng nếu khi lúc "
    "hãy xin vui lòng ai gì nào đâu bao nhiêu mấy sao thế vậy à ạ nhé nhỉ chứ tôi mình bạn em anh "
    "chị họ nó ông bà chúng ta thuộc bằng qua lại rồi nữa chỉ vẫn còn mỗi mọi từng cả tất cái con "
    "chiếc việc sự điều cuộc đấy ngoài giữa cùng nên cần phải biết hỏi kể nêu giúp liệt kê theo "
    "ngày gồm những đâu lý tên hiện hơn nhất rất khá quá đều bên người phía dù tuy đối sau trước "
    "khoảng vừa mới luôn thêm xem loại kiểu dạng cách chừng".split()
) | {"quan điểm", "ý kiến", "đặc điểm", "ví dụ", "làm gì", "như thế nào", "cụ thể"}
VIETNAMESE |= {"mấy giờ", "bao giờ", "bao lâu", "bao xa"}

UNMARKED = frozenset(fold(word) for word in VIETNAMESE)

# Those that are never the end of a compound that has a meaning of its own: "nước nào" is "which
# country", but "quản lý" is "manage" though "lý" alone may stand in "lý do".
CLOSING = frozenset(
    "nào gì ai đâu sao mấy này nọ kia ấy đó đây đấy vậy và của là với về các những hơn rằng có "
    "không được bị như theo cho thì mà ở từ đến vào ra trên dưới trong bởi sẽ đã đang nhưng hoặc "
    "nếu khi lúc vì do để nữa rồi".split()
)

# Compounds of such words that carry content all the same.
CONTENT = frozenset({"con người"})
