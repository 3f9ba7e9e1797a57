"""Korean words and endings that change how a clause is read: denial, supposition, places. Pure. All folded."""

import re

from core.emergency.hangul import fold


def pattern(text: str) -> re.Pattern[str]:
    return re.compile(fold(text))


CONNECTIVE = pattern(
    r"(?:는데|은데|인데|한데|운데|던데|난데|간데|른데|킨데|지만|고|며|면서|니까|다가|더니|거나|자마자|길래|가꼬|응께|해서|어서|아서|져서|워서|려서|겨서|여서|러서|"
    r"와서|라서|혀서|켜서|쳐서|나서|가서|서)(?:요|도|는|만)?$"
)
FINAL = pattern(r"(?:요|니다|죠|네|음|임|함|됨|짐|니까|어|아|해|예|유|대|래|냐|라|자|다|줘)$")
NOT_CONNECTIVE = frozenset(
    map(
        fold,
        (
            "사고",
            "창고",
            "재고",
            "보고",
            "경고",
            "광고",
            "참고",
            "신고",
            "최고",
            "해고",
            "로고",
            "그리고",
            "하고",
            "다고",
            "라고",
        ),
    )
)
DENIED_AFTER = pattern(r"^\S*(?:지(?:는|도|를|가|도를)?|질|진)\s?(?:안|못|아니)")
NOT_SO = pattern(
    r"^\S+?\s?(?:거|게|건|것|줄|적|일|데|곳)(?:은|는|이|도|가)?\s?(?:아니|아님|아닙|아닌|아녀|아녜|없|알았)"
    r"|^\S+?\s?(?:같아|처럼|인가)\s?(?:보[이였여인]|싶었)|^\S+?\s?(?:인|은|는|ㄴ)\s?줄\s?알"
)
L = "[" + "".join(chr(code) for code in range(0xAC00 + 8, 0xD7A4, 28)) + "]"
"""Any syllable that ends in ㄹ: the verb's form for what may be (``다칠 수``, ``끼일 위험``)."""
SUPPOSED = pattern(
    r"^\S*?(?:[가-힣]면(?!서)|지\s?(?:안|못)(?:게|도록)|게\s?(?:일(?!어)|뛰|달렸|바쁘|바빴|고생|준비|연습|노력|돌아다|싸웠)|지\s?[마말]|기\s?전|기\s?쉬|려고|도록|도\s?[되돼](?:나|요|지|는|죠)|도\s?괜찬|[는은인]\s?줄(?:\s?알|\s?아|\s*$))"
    rf"|^\S*{L}\s?(?:뻔|위험|우려|가능성|때(?!문)|수\s?[있도가]|경우|지경|노릇|까\s?[봐바]|(?:것|거|듯)\s?같은\s?(?:소음|소리|가격|납기|일정|속도|날씨|하루|업무|회의|물량|음악|진동)|정도로\s?(?:웃|바|재|힘))"
)
LIKELY = pattern(rf"^\S*(?:{L}\s?(?:것|거|듯|판|라(?![지젓저졋져]))|겟|는\s?줄)")
ONLY_LIKELY = frozenset({"likely"})
LIKELY_TO_WEARY = frozenset({"likely", "weary_likely"})
ONCE = pattern(r"^\S*(?:던|적\s?있)|^\S+\s적\s?[있이]")
MEANS = frozenset({"으로", "로"})
"""Particles by which a part of the body is only what something is done with (``손으로``)."""
LIMBS = ("손", "맨손", "발", "두손")
DEPENDENT = pattern(
    "(?:채|상태|듯|것|거|게|건|걸|후|뒤|다음|지|중|때|순간|모양|판|바람|와중|동안|상황|쪽|데)(?:로|에|에서|은|는|이|가|을|를|도|예요|이에요|입니다|같|야|여|임)*"
)
"""Nouns that only go on with what the verb before them says: ``끼인 채로``."""
URGING = frozenset(map(fold, ("좀", "다시", "빨리", "얼른", "제발", "어서", "한번")))
"""Adverbs between what is asked for and the asking."""
SEEMING = tuple(map(fold, ("같아", "처럼")))
"""Words behind which it only looked so: ``연기 같아 보였는데``."""
PLACE_WORDS = tuple(map(fold, ("위치", "장소", "구역", "지점")))
BECAUSE = tuple(map(fold, ("때문", "땜", "때매")))
"""What makes a cause of the bare noun before it: ``아르곤 때문에``."""
JOINING = tuple(map(fold, ("러", "려", "어", "여", "져", "쳐", "워", "혀", "겨")))
"""What a verb ends in that only joins the next one: ``흘러``."""
OWNERS = tuple(map(fold, ("제", "내", "저희", "우리", "본인", "자기", "지")))
ON = tuple(
    map(
        fold,
        (
            "위로",
            "위에",
            "쪽으로",
            "쪽에",
            "사이",
            "밑",
            "아래",
            "속에",
            "속으로",
            "틈에",
            "틈새",
            "옆에",
            "뒤에",
            "앞에",
        ),
    )
)
"""What makes a place of the bare noun before it."""
DENYING = frozenset({"absent", "light", "arises", "smells", "leaks", "exists", "flows"})
