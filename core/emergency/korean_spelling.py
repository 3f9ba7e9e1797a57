"""Korean of endless variety written as the lexicon knows it: dialect endings, dates, smells, spellings. Pure."""

import re

_WRITTEN = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        ("(?<![가-힣])(?:까스|깨스|개스|게스)", "가스"),
        (r"(탄|타는|탄듯한|타는듯한|녹는|녹은|그을린|눌은|눋는)\s(\S{1,6})\s(냄새|냄세|내가|내)", r"\2 타는 \3"),
        (r"냄[새세](?=.{0,14}(?:탄|타는|녹은|녹는|눌은)\s?(?:것|거|듯))", "타는 냄새"),
        (r"(?:탔|녹았|눌었|타)(?:는지|나|는가)\s(?:\S{1,6}\s)?냄[새세]", "타는 냄새"),
        # an alarm by what it is about: its measure and what it detects are left out
        (
            r"(?:(?:가스|유해가스|co2?|h2s|lng|lpg|일산화탄소|황화수소|암모니아|염소|수소|메탄|프로판|산소|도시가스)"
            r"(?:\s?(?:농도|누출|누설|유출|검출|감지|결핍|부족|초과|저하|상승|위험|대피|발생|이상)){1,4})\s?(?:경보|알람)(?![기등])",
            "가스 대피 경보",
        ),
        (
            r"(?:화재|연기|불꽃|열|화염)(?:\s?(?:감지|검출|발생|대피|탐지)){1,3}\s?(?:경보|알람)(?![기등])",
            "화재 대피 경보",
        ),
        # Gyeongsang, Jeolla, Chungcheong: what the ending says in the standard language
        (r"(?:다|라|자)(?:카이|카네|카니|카더라|칸다|캐요|카는데|캅니다|안카나|카드라)(?![가-힣])", "다"),
        ("(?:대이|데이)(?![가-힣])", "다"),
        ("(?:심더|심니더|십니더|니더)(?![가-힣])", "습니다"),
        ("(?:당께|당게|다니께|다니까)(?:요|유|로)?(?![가-힣])", "다"),
        ("(?:구먼|구만|구마|그마)(?:유|요|이라)?(?![가-힣])", "네요"),
        # "somebody who ..."; behind a number it is minutes
        (r"(?<=[는은인던신한간온린친난든른]\s)분(?=[이을은도께한\s])", "분들"),
        (r"(?<!\d)(?:19|20)\d\d년(?:도)?", "예전"),
        (r"(?<![\d.])\d{1,2}월(?:달)?(?=[에애의 ])", "예전"),
        (r"\d+\s?(?:년|개월|달|주일|주|일)\s?전", "예전"),
    )
)


def standard(text: str) -> str:
    """``text`` (plain: NFC, lower case) with these written in one way."""
    for pattern, written in _WRITTEN:
        text = pattern.sub(written, text)
    return text
