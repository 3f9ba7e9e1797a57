"""People in danger: what tells of it, and what to say at once, before any fault and any chatbot. Pure."""

from core.emergency.assessment import Assessment, Danger, Level
from core.emergency.detector import assess
from core.emergency.instructions import Instructions, advice_lines, ask_line, instructions_for

__all__ = ["Assessment", "Danger", "Instructions", "Level", "advice_lines", "ask_line", "assess", "instructions_for"]
