"""Settings with their values and where each came from, as ``andon config`` and ``andon doctor`` show them."""

from collections.abc import Sequence

from core.settings.sources import Sourced
from core.support.cells import cell_width, padded
from core.support.i18n import _
from tui.commands.tables import Cell, Column, is_for_people, print_table


def print_settings(settings: Sequence[Sourced]) -> None:
    """A line each; secrets are masked already."""
    if is_for_people():
        columns = (Column(_("setting"), is_whole=True), Column(_("value")), Column(_("from")))
        print_table(columns, map(_cells, settings))
        return
    widest = max((cell_width(one.variable) for one in settings), default=0)
    for one in settings:
        print(f"  {padded(one.variable, widest)}  {one.value_text}  ← {_source(one)}")


def _cells(one: Sourced) -> tuple[Cell, ...]:
    look = "dim" if one.is_default else ""
    return Cell(one.variable, look), Cell(one.value_text, look), Cell(_source(one), look)


def _source(one: Sourced) -> str:
    """Its own variable need not be named twice."""
    return one.source_text.removesuffix(one.variable).rstrip()
