"""Checks of one terminal's set-up, from its settings to its screen: the cause of a trouble is the first that failed."""

from core.doctor.check import Check, Verdict
from core.doctor.runner import examine
from core.doctor.terminal import DUMB_REMEDY

__all__ = ["DUMB_REMEDY", "Check", "Verdict", "examine"]
