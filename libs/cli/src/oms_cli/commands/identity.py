"""Tokens, the caller, and roles."""

from __future__ import annotations

from datetime import timedelta

import click
from google.protobuf.duration_pb2 import Duration
from oms.identity.v1 import identity_service_pb2 as pb
from oms.identity.v1.identity_service_pb2_grpc import IdentityServiceStub

from oms_cli.options import OmsCommand
from oms_cli.output import moment, print_fields, print_json, print_json_array, print_table
from oms_cli.revisions import TTL
from oms_cli.session import Session


@click.command(cls=OmsCommand)
@click.option("--subject", default="", help="Whom the token stands for [yourself].")
@click.option("--username", default="", help="Name for people [the subject].")
@click.option("--role", "roles", multiple=True, help="A built-in role; may be given several times.")
@click.option("--ttl", type=TTL, help="How long it is valid, such as 15m or 8h; at most 24h [1h].")
@click.pass_obj
def token(
    session: Session, subject: str, username: str, roles: tuple[str, ...], ttl: timedelta | None
) -> None:
    """Prints an access token.

    Without options it is one of your own. A token for somebody else, or with other
    roles, needs the permission identity.tokens.create.
    """
    if subject and not roles:
        raise click.UsageError("--subject needs --role: what the token may be used for")
    if not (subject or username or roles or ttl) and not session.is_json:
        click.echo(session.own_token())
        return
    issued = _create(session, subject, username, roles, ttl)
    if session.is_json:
        print_json(issued)
        return
    click.echo(issued.token)
    click.echo(f"valid until {moment(issued.expire_time)}", err=True)


def _create(
    session: Session, subject: str, username: str, roles: tuple[str, ...], ttl: timedelta | None
) -> pb.AccessToken:
    stub = IdentityServiceStub(session.channel)
    if not subject or not roles:
        caller = session.unary(stub.GetCaller, pb.GetCallerRequest()).caller
        username = username or ("" if subject else caller.username)
        subject, roles = subject or caller.subject, roles or tuple(caller.roles)
    request = pb.CreateTokenRequest(subject=subject, username=username, roles=roles)
    if ttl is not None:
        duration = Duration()
        duration.FromTimedelta(ttl)
        request.ttl.CopyFrom(duration)
    return session.unary(stub.CreateToken, request).token


@click.command(cls=OmsCommand)
@click.pass_obj
def whoami(session: Session) -> None:
    """Describes the caller as the server sees it."""
    stub = IdentityServiceStub(session.channel)
    caller = session.unary(stub.GetCaller, pb.GetCallerRequest()).caller
    if session.is_json:
        print_json(caller)
        return
    print_fields(
        [
            ("subject", caller.subject),
            ("username", caller.username),
            ("roles", ", ".join(caller.roles)),
            ("service", "yes" if caller.is_service else ""),
            ("permissions", ", ".join(caller.permissions)),
            ("token expires", moment(caller.token_expire_time)),
        ]
    )


@click.command(cls=OmsCommand)
@click.pass_obj
def roles(session: Session) -> None:
    """Lists the built-in roles with what each grants."""
    stub = IdentityServiceStub(session.channel)
    found = session.unary(stub.ListRoles, pb.ListRolesRequest()).roles
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["ROLE", "FOR", "PERMISSIONS"],
        [(role.role_id, role.description, ", ".join(role.permissions)) for role in found],
    )
