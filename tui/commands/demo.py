"""``andon demo``: the screens, or an operator who plays by himself, on the demo's own cluster."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.demo.embedded_broker import EmbeddedBroker
from core.settings import Settings
from tui.commands.terminal import open_terminal, require_terminal, start_log
from tui.demo import DEMO_PARTITIONS, demo_settings, plant_at_work, play


def open_demo(settings: Settings) -> None:
    """Everything on this machine: embedded broker, simulated plant, built-in assistant.

    Raises:
        NoTerminalError: as ``open_terminal``.
        EmbeddedBrokerMissing: the extra ``demo`` is not installed.
    """
    require_terminal()
    with _demo_cluster(settings) as demo, plant_at_work(demo):
        open_terminal(demo)


async def play_demo(settings: Settings) -> bool:
    """``andon demo --auto``: the whole loop by keypresses, told as it happens. True when every step was done."""
    with _demo_cluster(settings) as demo:
        return await play(demo)


@contextmanager
def _demo_cluster(settings: Settings) -> Iterator[Settings]:
    with (
        EmbeddedBroker({settings.topic: DEMO_PARTITIONS}) as broker,
        tempfile.TemporaryDirectory(prefix="andon-demo-") as folder,
    ):
        demo = demo_settings(settings, broker.bootstrap, Path(folder))
        start_log(demo)
        yield demo
