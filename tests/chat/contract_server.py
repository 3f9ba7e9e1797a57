"""The plant's chatbot as its contract has it (docs/contracts/chatbot-http-api.md), in memory, over real TCP.

``with make_server() as plant`` in a test; ``python -m tests.chat.contract_server --port 8000`` to try a terminal
against. Then ``POST /_/store/ISSUE``, ``/_/terminate/ISSUE``, ``/_/deaf/-``, ``/_/widen/-`` and
``/_/fail/ROUTE/FAULT`` are the plant's hand.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from tests.chat.contract_faults import Faulty
from tests.chat.contract_plant import DEBUG_HOSTS, HOSTS, Plant
from tests.chat.contract_routes import application, route_of
from tests.chat.serving import LOOPBACK, Certificate, serving


@contextmanager
def make_server(
    *,
    key: str | None = None,
    port: int = 0,
    hosts: tuple[str, ...] | None = None,
    certificate: Certificate | None = None,
) -> Iterator[Plant]:
    """A contract server on the loopback while the block runs, as published. Without a ``key`` DEBUG is on.

    ``hosts``: other host names than those that the server lists.
    """
    plant = Plant(key=key)
    plant.web = Faulty(application(plant, hosts or (DEBUG_HOSTS if plant.debug else HOSTS)), route_of)
    with serving(plant.web, port=port, certificate=certificate) as url:
        plant.url = url if plant.debug else url.replace(LOOPBACK, "localhost")
        try:
            yield plant
        finally:
            plant.web.forget()
            plant.reset()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--key", help="demand this key")
    parser.add_argument("--think", type=float, default=2.0, help="seconds for an answer")
    parser.add_argument("--issue", action="append", default=[], help="known issues; every one without this")
    parser.add_argument("--widened", action="store_true", help="the two columns are widened: start-chat works")
    parser.add_argument("--proxy", action="store_true", help="the plant's nginx stands before it")
    options = parser.parse_args()
    with make_server(key=options.key, port=options.port) as plant:
        plant.think_s = options.think
        plant.any_issue = not options.issue
        plant.behind_proxy = options.proxy
        if options.widened:
            plant.widen()
        for issue in options.issue:
            plant.store_issue(issue)
        print(plant.url, flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
