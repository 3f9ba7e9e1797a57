"""The words around what a playbook says to a question. Message ids; ``Speech`` puts them into a language."""

from core.support.i18n import N_

THAT_IS_STEP = N_("That is step {number} of {count} (about {minutes} min):")
THAT_IS_ITEM = N_("That is item {number} of {count} (about {minutes} min):")
OF_STEP = N_("On step {number}: {text}")
TOOLS_OF_STEP = N_("For step {number}: {tools}")
FROM_OUTSIDE = N_("From outside only: {text}")
BEFORE_HANDING_BACK = N_("Before it runs again: {text}")
CALL = N_("Call: {call}")
CAUSES = N_("Likely causes, the likeliest first:")
TAKES = N_("Step {number}: about {minutes} min.")
TAKES_ALL = N_("All {count} steps: about {minutes} min.")
NO_VALUE = N_(
    "My playbook does not give that value. Look on the nameplate, in the manual or in the work standard (setting "
    "chart)."
)
IF_NOT_FOUND = N_("Not there? {call}")
NO_TOOLS = N_("My playbook names no tool for that.")
NOT_ALLOWED = N_("No.")
NO_BYPASS = N_("No. A safety device is never switched off, covered or bypassed, and no lockout is left out.")
NO_RESET = N_("No. Nothing is reset before its cause is known.")
NO_REACHING = N_("No. Nobody reaches in, goes in or touches it before the safety check (Ctrl+L).")
NO_RUNNING = N_("No. It stays stopped until its cause is known and put right.")
INSTEAD = N_("Instead: {text}")
ONLY_AS = N_("Only as the playbook says:")
YES = N_("Yes:")
NOT_IN_GUIDE = N_("My playbook does not allow that. Do not, until your line leader or maintenance agrees.")
NOT_KNOWN_HERE = N_("I do not know that: I only know this equipment's usual faults.")
ASK_PEOPLE = N_("Your line leader or maintenance can tell you.")
LEAVE_IT = N_("Leave it stopped and call your line leader or maintenance.")
ASKS_TO_SWITCH = N_("Stop “{here}” and go to “{there}”? Your place is kept.")
TO_CHOOSE = N_("That may be another fault. Which one?")
BACK_AT = N_("Back at: {title}")
NO_SUCH_NUMBER = N_("There is no {number} to choose here.")
