"""The built-in assistant's knowledge: one TOML file per equipment, ``common.toml`` for any other.

The files are data, written for this project; ``core.chat.playbook_files`` holds their schema and reads
them. Every text is there in Korean and English. An equipment has

- ``mode_types``: the event's ``modeType`` values that mean it,
- ``short_precautions``: its safety line, at most 50 terminal cells,
- ``precautions``: before any work on it, ``release_checks``: before it is called resolved,
- ``inspection``: its periodic inspection, a checklist of steps,
- ``faults``: the usual ones, each with ``symptoms`` (the words a worker or an event writes), further
  ``precautions``, immediate ``checks`` that need no opening and no touching, likely ``causes`` in order,
  ``steps`` (``cause`` is the number, from 1, of the cause that the step deals with; ``minutes`` is the time
  it usually takes) and ``call``: whom to call when all of it did not help.

Steps never defeat a guard, an interlock or a limit; what is beyond a line worker names who does it.
"""
