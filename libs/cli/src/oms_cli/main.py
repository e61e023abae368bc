"""The `oms` command."""

from __future__ import annotations

import click
from oms_core import __version__

from oms_cli.commands import kernel_care, kernel_documents, kernel_history
from oms_cli.commands.branches import branch, merge
from oms_cli.commands.changes import apply
from oms_cli.commands.doctor import doctor
from oms_cli.commands.elements import group_of
from oms_cli.commands.events import events
from oms_cli.commands.health import health
from oms_cli.commands.history import diff, log
from oms_cli.commands.identity import roles, token, whoami
from oms_cli.commands.jobs import jobs, tasks
from oms_cli.commands.kernel import kernel, watch
from oms_cli.commands.objects import objects
from oms_cli.commands.ontologies import ontology
from oms_cli.commands.runs import runs
from oms_cli.commands.scheduler import scheduler
from oms_cli.commands.search import search
from oms_cli.commands.streams import routing_rules, streams
from oms_cli.commands.subscriptions import subscriptions
from oms_cli.commands.transfer import export, import_
from oms_cli.commands.up import up
from oms_cli.commands.webhooks import webhooks
from oms_cli.kinds import KINDS
from oms_cli.options import RootGroup

# They add themselves to the group `kernel`.
_KERNEL_COMMANDS = (kernel_care, kernel_documents, kernel_history)

_EPILOG = """\b
A revision is a branch (main), a commit (64 hex digits), or a branch as it was
(main@2026-01-31T12:00:00Z).

\b
Exit codes: 0 done; 1 the server answered an error, or a check failed;
2 wrong command line; 3 server unreachable; 130 interrupted.
"""


@click.group(
    cls=RootGroup, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="oms")
def oms() -> None:
    """Talks to an OMS server over gRPC.

    The options below may stand anywhere on the line.
    """


for _command in (
    up,
    doctor,
    health,
    whoami,
    token,
    roles,
    ontology,
    import_,
    export,
    *(group_of(kind) for kind in KINDS),
    apply,
    objects,
    branch,
    merge,
    log,
    diff,
    search,
    watch,
    events,
    streams,
    subscriptions,
    webhooks,
    routing_rules,
    jobs,
    runs,
    tasks,
    scheduler,
    kernel,
):
    oms.add_command(_command)
