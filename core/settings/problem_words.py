"""What is wrong with a setting, in the operator's language; pydantic says it in English."""

from collections.abc import Mapping
from typing import Any

from core.support.i18n import N_, _

_WORDS = {
    "int_parsing": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
    "float_parsing": N_("must be a number"),
    "bool_parsing": N_("must be true or false"),
    "bool_type": N_("must be true or false"),
    "string_type": N_("must be a text"),
    "path_type": N_("must be a text"),
    "dict_type": N_("must be a table of names and values"),
    "dataclass_type": N_("must be a table of names and values"),
    "unexpected_keyword_argument": N_("there is no such name"),
}
_LIMITS = {
    "gt": N_("must be more than {limit}"),
    "ge": N_("must be at least {limit}"),
    "lt": N_("must be less than {limit}"),
    "le": N_("must be at most {limit}"),
}


def problem_words(problem: Mapping[str, Any]) -> str:
    """One of ``ValidationError.errors()`` in words, without the value: it may be a secret."""
    context = problem.get("ctx", {})
    if problem["type"] == "literal_error":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
        return _("must be one of {choices}").format(choices=choices)
    for name, words in _LIMITS.items():
        if name in context:
            return _(words).format(limit=f"{context[name]:g}")
    known = _WORDS.get(problem["type"])
    return str(problem["msg"]) if known is None else _(known)
