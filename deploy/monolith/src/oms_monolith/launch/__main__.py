"""`python -m oms_monolith.launch`: runs everything in the foreground until it is stopped.

With `--microservices` every service is a process of its own, and all their logs are shown.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from contextlib import nullcontext
from typing import NoReturn

from oms_core.restoring import refuse_unfinished_restore
from oms_core.settings import exit_when_invalid
from oms_devstack import DevstackError
from oms_rpc import Topology

from oms_monolith.launch.launched import launched
from oms_monolith.launch.logs import MergedLogs
from oms_monolith.launch.ports import START_ORDER, LaunchPorts
from oms_monolith.launch.settings import LaunchSettings
from oms_monolith.launch.welcome import welcome

_INTERRUPTED = 130


async def _run(*, microservices: bool) -> NoReturn:
    is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    logs = MergedLogs(sys.stdout, is_coloured=is_coloured)
    following = logs.following() if microservices else nullcontext()
    async with (
        following,
        launched(
            LaunchSettings().data_dir,
            environment=os.environ,
            topology=Topology.from_environment(),
            ports=LaunchPorts.published(),
            own_processes=START_ORDER if microservices else (),
            is_in_order=microservices,
            on_stack=logs.watch,
        ) as suite,
    ):
        sys.stdout.write(welcome(suite))
        sys.stdout.flush()
        ended = await suite.first_to_end()
        raise ended.failed(f"ended with code {await ended.wait()}, so everything was stopped")


async def _main() -> int:
    parser = argparse.ArgumentParser(prog="python -m oms_monolith.launch", description=__doc__)
    parser.add_argument(
        "--microservices", action="store_true", help="run every service as a process of its own"
    )
    arguments = parser.parse_args()
    running = asyncio.create_task(_run(microservices=arguments.microservices))
    signals = 0

    def stop() -> None:
        nonlocal signals
        signals += 1
        if signals > 1:
            os._exit(_INTERRUPTED)  # the guards still end what they run
        sys.stdout.write("\nStopping. Once more to leave at once.\n")
        sys.stdout.flush()
        running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await running
    except asyncio.CancelledError:
        sys.stdout.write("Stopped.\n")
    except DevstackError as exc:
        sys.stderr.write(f"OMS did not start or had to stop: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    with exit_when_invalid():
        refuse_unfinished_restore(LaunchSettings().data_dir)
        sys.exit(asyncio.run(_main()))
