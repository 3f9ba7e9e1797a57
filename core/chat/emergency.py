"""When people are in danger: what tells of it, and what to say at once, before any fault and any chatbot.

Nothing here is guessed at: no word is mended towards these, and none of them is taken for a machine's fault. It is
better said once too often: who is in no danger loses a line on the screen.
"""

import re

from core.i18n import N_

_PERSON = (
    r"(?:손가락|손목|손|팔|다리|발|머리|얼굴|몸|옷|소매|사람|작업자|동료|직원|기사님?|운전자|누군가|누가|저|제가|내가)"
)
_BEFALLS = (
    r"(?:끼었|끼였|끼여|끼임|꼈|물렸|말려|감겼|빨려|눌렸|깔렸|찍혔|찍었|잘렸|잘려|베였|베었|다쳤|다쳐|데었|데였"
    r"|쳤|치였|맞았|부딪|쓰러|넘어졌|추락|떨어졌|갇혔|실신|기절)"
)
_KOREAN = re.compile(
    rf"(?:^|\s){_PERSON}(?:이|가|을|를|은|는|도)?\s?(?:[^\n.!?]{{0,12}}?\s)?{_BEFALLS}"
    r"|화재|불이\s?(?:났|나요|나고|나는|납니다|붙|번)|불\s?났|불이야|불길|폭발|감전"
    r"|연기(?:가|도)?\s?(?:나|났|납|피|올라|자욱)"
    r"|가스\s?(?:누출|냄새|가\s?(?:새|샌|샙))|다쳤|다친\s?사람|부상|출혈|피가\s?(?:나|났|납|흘)|의식이?\s?(?:없|잃)"
    r"|숨을\s?(?:못|안)|호흡\s?곤란|어지러|쓰러졌어|화상|골절|눈에\s?(?:[^\n.!?]{1,10}\s)?(?:들어|튀|튄)|살려|구급차|119"
)
_HARM = r"(?:trapped|caught|stuck|crushed|hit|struck|hurt|injured|collapsed|cut|fell|fallen|burn(?:t|ed)|bleeding|down)"
_SOMEBODY = (
    r"(?:someone|somebody|person|people|man|woman|worker|operator|colleague|mate|hand|finger|arm|leg|foot|sleeve)"
)
_ENGLISH = re.compile(
    rf"\b{_SOMEBODY}s?\b[^\n.!?]{{0,25}}\b{_HARM}\b"
    r"|\b(?:hit|struck|crushed|caught|trapped|hurt)\b[^\n.!?]{0,12}"
    r"\b(?:person|someone|somebody|worker|operator|me|him|her)\b"
    r"|\b(?:fire|flames?|smoke|smoking|explo(?:ded?|sion)|electrocuted|electric shock|ambulance)\b"
    r"|\bgot (?:a )?shock(?:ed)?\b"
    r"|\bgas leak|\bsmell(?:s|ing)? (?:of )?gas|\b(?:injur(?:y|ed)|bleeding|unconscious|fainted|dizzy|not breathing)\b"
    r"|\bcan'?t breathe|\bin (?:my|his|her|the) eyes?\b|\bi am hurt\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:다친|부상|화재|연기|불)[^\n.!?]{0,10}(?:없|아니|않)|\b(?:no|nobody|no one|not|without)\b[^\n.!?]{0,15}"
    r"\b(?:hurt|injured|fire|smoke|flames?)\b",
    re.IGNORECASE,
)

PRECAUTIONS = (
    N_("Press the emergency stop now and keep people away. Do not go into danger yourself."),
    N_("Call out loud, call the emergency number (119) and your line leader at once."),
    N_("Electric shock: touch nobody before the power is off. Fire, smoke, gas: raise the alarm and leave."),
    N_("Somebody caught: do not run the machine back, wait for the rescuers. Something in the eyes: rinse with water."),
)
TEXT = N_(
    "People first: do not wait for an answer on this screen. If nobody is in danger, write what the machine does in"
    " other words."
)


def is_emergency(text: str) -> bool:
    """Whether ``text`` tells that people are in danger."""
    told = _NOBODY.sub(" ", text[:2_000])
    return bool(_KOREAN.search(told) or _ENGLISH.search(told))
