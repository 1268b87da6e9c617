"""The names behind a byline's labels: of houses and of people, cut where the next thing begins."""

import re

_ENDS = re.compile(
    r"\s{2,}|[|\]】)〕;]|·(?=\s)|\s(?=字号|分享|打印|评论|点击|浏览|阅读|关注|published|updated|posted"
    r"|last updated|share\b|email\b|print\b)|\s+[-–—]\s+|$",
    re.IGNORECASE,
)
_TIME = re.compile(r"\s*(?<!\d)(?:(?:19|20)\d\d\s*[-/.年]\s*\d|\d{1,2}:\d\d|\d{1,2}月\d|\d+\s*(?:小时|分钟|天)前)")
_TRIM = " :([【(-—/、,,。.·\"“”'‘’《》<>"
_SPREAD = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])\s{1,4}([\u4e00-\u9fff])(?:\s{1,4}([\u4e00-\u9fff]))?(?![\u4e00-\u9fff])"
)
_HAN_NAME = (
    r"(?!编辑|责编|责任|通讯员|摄影|报道|校对|实习生|图文|来源"
    r"|审核)[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,6}){0,2}"
)
_HAN_NAMES = re.compile(rf"{_HAN_NAME}(?:(?:\s*[、,/]\s*|\s){_HAN_NAME}){{0,5}}(?=$|[\s)|\]】)/;,]|[-—])")
# With these a sentence goes on: "记者 从市水务局获悉".
_GOES_ON = re.compile(
    r"^(?:从|在|昨|今|近|获|了|采|日前|走|看到|发现|注意|来到|对|就|向|跟|随|与|还|也|又|通过|为|到|现|曾|部"
    r"|站|们|说|表示|介绍|手记|观察|获悉|团|会|节|证)"
)
_BAD_NAME = re.compile(
    r"^(?:时间|日期|来源|作者|编辑|字号|发布|浏览|阅读|点击|正文|分享|更新|无)$|https?:|[。!?]|\d{4}|\.(?:com"
    r"|cn|org)\b",
    re.IGNORECASE,
)
_BAD_CREDIT = re.compile(r"^(?:https?:|www\.)|[。!?!?]|^(?:网络|未知|不详|本站|互联网|其他|其它)$|^\d+$")
_ROLE = re.compile(r"^(?:见习|实习|特约|特派|首席|全媒体|融媒体|本报|本网|本台|本刊)*(?:记者|通讯员|编辑)\s*:?\s*")
_CODE = re.compile(r"_[A-Za-z]{1,4}\d+$")  # an employee's number behind the name
_STAFF = re.compile(
    r"(?:,\s+(?:and\s+)?(?:(?:the\s+)?[A-Z][\w' ]{0,30}\s)?|\s+)(?:Staff|Senior|Chief|Special to|Contributing"
    r"|Correspondent|Reporter|Editor|Writer|Columnist|Associated Press|News Service)\b.*$"
)
_REPORTERS = re.compile(
    r"(?:^|[(（【])\s*(?:(?:[\u4e00-\u9fff]{2,8}?)?(?:全媒体|融媒体|首席|见习|实习|特约|特派"
    r"|驻[\u4e00-\u9fff]{2,4}|本报|本网|本台|本刊|新闻网|日报|晚报|晨报|都市报|电视台|广播|客户端)*)记者"
    rf"(?:\s+|\s*:\s*|/)(?P<names>{_HAN_NAME}(?:(?:\s*[、,]\s*|\s+)(?:通讯员"
    rf"|实习生)?\s*{_HAN_NAME}){{0,5}})(?:\s*(?:摄影报道|摄影|文/图|文并图|文图|报道|实习生.{{0,20}}"
    rf"|通讯员.{{0,40}}|文|摄))?\s*(?:[)）】]|$)"
)
_CAPITALS = re.compile(r"[A-Z][A-Z.'’-]+(?:\s[A-Z][A-Z.'’-]*)+(?=\s[A-Z][a-z])")
_NAME = r"(?:[A-Z\u00c0-\u00de][\w\u00c0-\u024f'’.-]*|de|da|del|della|van|von|der|den|di|la|le|al|bin|ter|y)"
_ENGLISH = re.compile(
    rf"{_NAME}(?:\s{_NAME}){{0,5}}(?:(?:\s*,\s*|\s+and\s+|\s*&\s*|,\s+and\s+){_NAME}(?:\s{_NAME}){{1,4}}){{0,4}}"
)
_NOT_ENGLISH = re.compile(
    r"^(?:The|This|That|These|Those|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February"
    r"|March|April|May|June|July|August|September|October|November|December|In|On|At|A|An|Far|Its?|His|Her"
    r"|Then|Now|Law|Contrast|Comparison)\b(?!\s[A-Z]\w+$)"
)
_STOPS = re.compile(
    r"\s*(?:$|[|·•(/]|\s{2,}|,\s+(?=[A-Za-z])|\s[-–—]\s|\s(?=(?:Published|Updated|Posted|Last|First|on|for|at"
    r"|Share|Email|\d|[A-Z]{3,}\s)))"
)
_HOUSE = re.compile(
    r",\s+(?:[A-Z][\w'&.-]*\s){1,4}(?:Gazette|Herald|Tribune|Chronicle|Courier|Examiner|Observer|Telegraph|Advertiser"
    r"|Sentinel|Dispatch|Times|News|Daily|Press|Journal|Post|Star|Independent|Media|Radio|Record|Register)$"
)
"""The paper of the writer, behind a comma."""
_MONTH = re.compile(r"\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?$")
_LONGEST = 40


def credit(rest: str, loose: bool) -> tuple[str, int]:
    """A house, such as 河湾日报, and how many characters it took; loose is behind a colon."""
    value, length = _cut(rest)
    value = value.strip(_TRIM)
    if rest.lstrip().startswith(("《", "“")) and value and not rest.lstrip()[1:].startswith("》"):
        value = value.strip("《》“”")
    if not value or len(value) > _LONGEST or _BAD_CREDIT.search(value) or (not loose and len(value) > 15):
        return "", length
    return re.sub(r"\s+", " ", value), length


def names(rest: str, loose: bool) -> tuple[str, int]:
    """One person or several, as they stand; without a colon only what is surely a Chinese name."""
    rest = _SPREAD.sub(lambda match: "".join(filter(None, match.groups())).ljust(len(match[0])), rest)
    opened = len(rest) - len(rest.lstrip())
    match = _HAN_NAMES.match(rest, opened)
    if match and not _GOES_ON.match(match[0]) and not _BAD_NAME.search(match[0]):
        return re.sub(r"\s+", " ", match[0].strip(_TRIM)), match.end()
    if not loose:
        return "", 0
    value, length = _cut(rest)
    value = _CODE.sub("", _ROLE.sub("", value.strip(_TRIM)).strip(_TRIM))
    if not value or len(value) > _LONGEST or _BAD_NAME.search(value) or _GOES_ON.match(value):
        return "", length
    return re.sub(r"\s+", " ", value), length


def english_names(rest: str) -> tuple[str, int]:
    """`Jane Doe and John Roe` of a line that begins with By, and their length; nothing where a sentence goes on."""
    match = _ENGLISH.match(rest)
    if match and (month := _MONTH.search(match[0])) and re.match(r"\s*\d", rest[match.end() :]):
        return english_names(rest[: month.start()])  # the day follows the name
    if match is None or _NOT_ENGLISH.match(match[0]) or not _STOPS.match(rest, match.end()):
        return "", 0
    role = re.match(r",\s+[A-Za-z][\w' -]{2,40}(?=$|\s{2,}|[|·•])", rest[match.end() :])
    if rest[match.end() :].startswith(",") and role is None:
        return "", 0
    value = _HOUSE.sub("", _STAFF.sub("", " ".join(match[0].split()).strip(_TRIM))) or match[0]
    if capitals := _CAPITALS.match(value):  # MARA QUILL Riverbend Gazette: the rest is her paper
        value = capitals[0]
    value = value.title() if value.isupper() and len(value) > 4 else value
    return re.sub(r"\s*,\s*", ", ", value), match.end() + (role.end() if role else 0)


def reporters(text: str) -> str | None:
    """The names in (本报记者 张三 李四), at the head or the end of a paragraph, or as a line of their own."""
    for match in (_REPORTERS.search(text[:80]), _REPORTERS.search(text[-60:])):
        if match and not _GOES_ON.match(match["names"]):
            return re.sub(r"\s+", " ", re.sub(r"(?:通讯员|实习生)\s*", "", match["names"])).strip(_TRIM)
    return None


def _cut(rest: str) -> tuple[str, int]:
    opened = len(rest) - len(rest.lstrip())
    end = _ENDS.search(rest, opened)
    length = end.start() if end else len(rest)
    if time := _TIME.search(rest, opened, length):
        length = time.start()
    return rest[opened:length], length
