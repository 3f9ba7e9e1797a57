"""The built-in assistant's knowledge: one TOML file per equipment, ``common.toml`` for any other.

The files are data, written for this project; ``core.chat.playbook_schema`` holds their schema and
``core.chat.playbook_files`` reads them. Every text is there in Korean and English. An equipment has

- ``mode_types``: the event's ``modeType`` values that mean it,
- ``short_precautions``: its safety line, at most 50 terminal cells,
- ``precautions``: before any work on it, ``release_checks``: before it is called resolved,
- ``inspection``: its periodic inspection, a checklist of steps,
- ``faults``: the usual ones, each with ``symptoms`` (the words a worker or an event writes), further
  ``precautions``, immediate ``checks``, likely ``causes`` in order, ``steps`` (``cause`` is the number,
  from 1, of the cause that the step deals with; ``minutes`` is the time it usually takes) and ``call``:
  whom to call when all of it did not help.

``checks`` are told before anybody secured the machine: they are made from outside, by looking and reading,
without opening and without touching. Whatever needs a hand or a tool is a step. A step says in its text
what it is made under: locked out, or with the locks off and everybody clear. Steps never defeat a guard,
an interlock or a limit; what is beyond a line worker names who does it.

The plant's own files (``ANDON_PLAYBOOKS_DIR``) are read after these, by name, with the same fields:

- a file with the ``id`` of an equipment known already (``press``, ``welder``, ``painting``, ``assembly``)
  adds to it: only ``id`` is compulsory. A fault with an ``id`` known already replaces ours, other faults
  are added, an ``inspection`` or ``title`` replaces ours, ``mode_types`` and ``release_checks`` are added;
- any other file is another equipment and needs ``id``, ``title``, ``mode_types`` and ``faults``; what it
  leaves out is taken from ``common.toml``;
- precautions are only ever added, never replaced: an equipment's stand below ours (of another equipment:
  below those of ``common.toml``), those of a fault below those of the fault that it replaces. Our safety
  line stays;
- a text may be given in one language, ``title = "Pump"`` or ``title = { ko = "펌프" }``: it then stands for both;
- ids are small letters, digits and hyphens, unique among all files; a file is 1 MiB at most.

A file that is not in order is left out as a whole, the others count; what is wrong is told by
``core.chat.playbook_files.library_problems``.
"""
