"""Options that every command has, wherever on the line they stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import grpc

from oms_cli.faults import INTERRUPTED, CallFailed
from oms_cli.revisions import ID
from oms_cli.session import Session

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    if value is not None:
        setattr(ctx.ensure_object(Session), str(param.name), value)
    return value


def global_options(*, is_root: bool) -> list[click.Parameter]:
    """The global options.

    Only the root reads the environment: a command's own would undo what the root was given.
    """

    def option(*names: str, envvar: str | None = None, **rest: Any) -> click.Option:
        return click.Option(
            list(names),
            envvar=envvar if is_root else None,
            callback=_keep,
            expose_value=False,
            hidden=not is_root,
            default=None,
            **rest,
        )

    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    return [
        option(
            "--target",
            envvar="OMS_TARGET",
            metavar="HOST:PORT",
            help="The server [OMS_TARGET; 127.0.0.1:50050].",
        ),
        option("--token", envvar="OMS_TOKEN", metavar="JWT", help="Access token [OMS_TOKEN]."),
        option(
            "--api-key-file",
            envvar="OMS_API_KEY_FILE",
            type=file,
            help="File with an API key to get a token with [OMS_API_KEY_FILE].",
        ),
        option("--tls/--no-tls", envvar="OMS_TLS", help="Talk TLS [OMS_TLS]."),
        option("--ca", envvar="OMS_CA", type=file, help="Authority to trust, PEM; means --tls."),
        option("--output", type=click.Choice(["table", "json"]), help="How to print answers."),
        option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="Longest a call may take [60; transfers 1800].",
        ),
    ]


class OmsCommand(click.Command):
    """A command that takes the global options after its name too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options(is_root=False))


class OmsGroup(click.Group):
    """A group of such commands."""

    command_class = OmsCommand
    group_class = type


class RootGroup(OmsGroup):
    """The command itself; turns failed calls into messages and exit codes."""

    group_class = OmsGroup

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(global_options(is_root=True))

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command."""
        ctx.ensure_object(Session)  # also when no global option made one
        try:
            return super().invoke(ctx)
        except grpc.RpcError as exc:
            raise CallFailed.of(exc, ctx.ensure_object(Session).target) from exc
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def ontology_option(command: Decorated) -> Decorated:
    """Adds `--ontology`."""
    return click.option(
        "--ontology",
        type=ID,
        required=True,
        envvar="OMS_ONTOLOGY",
        metavar="ID",
        help="The ontology [OMS_ONTOLOGY].",
    )(command)


def commit_options(command: Decorated) -> Decorated:
    """Adds what a change of a branch takes: `--branch`, `--message` and `--expected-head`."""
    for decorate in (
        click.option(
            "--expected-head",
            default="",
            metavar="COMMIT",
            help="Fail unless the branch is at this commit.",
        ),
        click.option("--message", "-m", default="", help="Message of the commit."),
        click.option("--branch", default="", metavar="ID", help="Branch to write to [main]."),
    ):
        command = decorate(command)
    return command


def limit_option(default: int = 0) -> Callable[[Decorated], Decorated]:
    """Adds `--limit`; 0 is without limit."""
    return click.option(
        "--limit",
        "-n",
        type=click.IntRange(min=0),
        default=default,
        help=f"Print at most this many; 0 for all [{default}].",
    )
