"""The built-in assistant's knowledge: one TOML file per equipment, ``common.toml`` for any other, and ``codes.toml``.

The files are data, written for this project; ``core.chat.playbook.schema`` holds their schema and
``core.chat.playbook.library`` reads them. Every text is there in Korean and English. An equipment has

- ``mode_types``: the event's ``modeType`` values that mean it,
- ``short_precautions``: its safety line, at most 50 terminal cells,
- ``precautions``: before any work on it, ``release_checks``: before it is called resolved,
- ``inspection``: its periodic inspection, a checklist of steps,
- ``faults``: the usual ones, each with ``symptoms`` (the words a worker or an event writes), further
  ``precautions``, immediate ``checks``, likely ``causes`` in order, ``steps`` (``cause`` is the number,
  from 1, of the cause that the step deals with; ``minutes`` is the time it usually takes) and ``call``:
  whom to call when all of it did not help; ``combines`` names the faults that occur in this one at the same
  time: it is meant only where a whole symptom of it is said,
- ``codes``: the fault codes that the plant's services write into an issue's id. Ours stand together in
  ``codes.toml``, a table for each equipment's ``id``; that file's head says what the fields mean.

A code is known where it is the whole id, in any case and with any signs between its words, or where nothing
but a date, a time or a serial number stands behind it; within prose it counts for nothing. A description that
is as a whole a ``title`` or one of the ``names`` means the same. Where code and description tell different
faults, both are offered. What ``first`` names comes first; no cause and no step is left out.

``checks`` are told before anybody secured the machine: they are made from outside, by looking and reading,
without opening and without touching. Whatever needs a hand or a tool is a step. A step says in its text
what it is made under: locked out, or with the locks off and everybody clear. Steps never defeat a guard,
an interlock or a limit; what is beyond a line worker names who does it.

The plant's own files (``ANDON_PLAYBOOKS_DIR``) are read after these, by name, with the same fields:

- a file with the ``id`` of an equipment known already (``press``, ``welder``, ``painting``, ``assembly``)
  adds to it: only ``id`` is compulsory. A fault with an ``id`` known already replaces ours, other faults
  are added, an ``inspection`` or ``title`` replaces ours, ``mode_types`` and ``release_checks`` are added;
  a code known already replaces ours, other codes are added (``[[codes]]`` with ``code``, ``title``, ``faults``
  and, where wanted, ``names``, ``first``, ``note``; their faults are those of the same equipment);
- any other file is another equipment and needs ``id``, ``title``, ``mode_types`` and ``faults``; what it
  leaves out is taken from ``common.toml``;
- precautions are only ever added, never replaced: an equipment's stand below ours (of another equipment:
  below those of ``common.toml``), those of a fault below those of the fault that it replaces. Our safety
  line stays;
- a text may be given in one language, ``title = "Pump"`` or ``title = { ko = "펌프" }``: it then stands for both;
- ids are small letters, digits and hyphens, unique among all files; a file is 1 MiB at most.

A file that is not in order is left out as a whole, the others count; what is wrong is told by
``core.chat.playbook.library.library_problems``.
"""
