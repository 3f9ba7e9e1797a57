"""The plant's own words for equipment and kinds of issue, as an operator reads them. What is sent and filtered stays.

The plant's records say these in Korean, whoever reads them. Words that are not known here are shown as they came.
"""

from collections.abc import Mapping
from types import MappingProxyType

from core.domain.events import FAULT, INSPECTION
from core.support.i18n import language

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "프레스": "press",
        "용접기": "welder",
        "도장설비": "paint booth",
        "차량조립설비": "assembly line",
        FAULT: "fault",
        INSPECTION: "inspection",
    }
)
"""What ``modeType`` and ``processType`` say on the wire, and the same in English; docs/glossary.md has both."""


def plant_word(value: str, spoken: str = "") -> str:
    """``value`` in the operator's language, or in ``spoken`` (``ko``, ``en``); as it came where it is not known."""
    if (spoken or language()) != "en":
        return value
    return ENGLISH.get("".join(value.split()), value)
