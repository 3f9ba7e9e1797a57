"""A Station that converses without a broker, and the road of ``andon ask`` through it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.chat.backend import ChatBackend
from core.chat.playbook.assistant import PlaybookAssistant
from core.domain.events import Record
from core.settings import load_settings
from core.station.exchange import Exchange
from core.station.station import Station
from core.store.store import Store
from tests.unit.making import NOW, payload, record
from tui.commands.ask import Asker


@dataclass
class Floor:
    """A Station with issues, on which things are asked."""

    station: Station

    def tell(self, issue: str, *, at: int = NOW, **fields: Any) -> None:
        self.take(record(payload(issue, **fields), at=at))

    def take(self, *records: Record) -> None:
        self.station.intake.ingest(records, {0: 1})

    async def ask(self, issue: str, *texts: str) -> list[Exchange]:
        """Every text's answer, in one conversation."""
        asker = Asker(self.station, issue)
        await asker.open()
        return [await asker.answer(text) for text in texts]

    async def alone(self, texts: Iterable[str], **fields: Any) -> list[Exchange]:
        """Every text's answer, each in a conversation of its own."""
        told = []
        for number, text in enumerate(texts):
            self.tell(f"ALONE-{number}", **fields)
            told += await self.ask(f"ALONE-{number}", text)
        return told


@asynccontextmanager
async def floor(folder: Path, backend: ChatBackend | None = None, lang: str = "ko") -> AsyncIterator[Floor]:
    settings = load_settings(data_dir=folder, lang=lang, operator="김민수")
    station = Station(settings, Store(None), backend or PlaybookAssistant(), now_ms=lambda: NOW + 60_000)
    task = asyncio.create_task(station.run(connect=False))
    try:
        yield Floor(station)
    finally:
        task.cancel()
        await asyncio.wait({task})
