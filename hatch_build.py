"""Building a wheel compiles the catalogues: what runs needs neither their sources nor a compiler for them."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledCatalogues(BuildHookInterface[Any]):
    """Puts each ``andon.mo`` where its ``andon.po`` is; the sources stay out of the wheel (pyproject.toml)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile for the wheel. ``version`` editable: a checkout compiles at first use."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from core.support.po_compiler import messages_of, mo_of

        self._made = TemporaryDirectory()
        for source in Path(self.root, "core", "locale").glob("*/*.po"):
            place = source.relative_to(self.root).with_suffix(".mo")
            made = Path(self._made.name, place)
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_bytes(mo_of(messages_of(source.read_text("utf-8"))))
            build_data["force_include"][str(made)] = place.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """What was compiled is in the wheel now."""
        if version != "editable":
            self._made.cleanup()
