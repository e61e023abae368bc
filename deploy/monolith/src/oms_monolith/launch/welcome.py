"""What `make run` prints when everything answers."""

from __future__ import annotations

import shlex
from pathlib import Path

from oms_monolith.launch.launched import Launched
from oms_monolith.launch.secrets import TOKEN_LIFE


def welcome(suite: Launched) -> str:
    """Addresses, a short-lived token and three commands to try."""
    minutes = int(TOKEN_LIFE.total_seconds() / 60)
    grpc = "\n".join(_row(f"gRPC {name}", target) for name, target in suite.grpc_targets.items())
    http = "\n".join(_http_row(name, url) for name, url in suite.http_urls.items())
    return f"""
OMS is running.

{grpc}
{http}
{_row("REST, described", f"{suite.rest_url}/docs")}
{_row("data and logs", str(suite.folder))}
{_row("administrator", f"{suite.secrets.administrator_file} (API key)")}

Try it in another terminal. The token is an administrator's and expires in {minutes} minutes.

  export TOKEN={suite.secrets.token()}

  curl -H "Authorization: Bearer $TOKEN" {suite.rest_url}/v1/ontologies

  grpcurl -plaintext -H "authorization: Bearer $TOKEN" {suite.grpc_target} \\
    oms.ontology.v1.OntologyService/ListOntologies

  {_oms(suite)} whoami

Ctrl-C stops everything; the data stays.
"""


def _oms(suite: Launched) -> str:
    """The command, told what differs from where it looks by itself."""
    words: list[str] = []
    if suite.folder != Path("data").resolve():
        words.append(f"OMS_DATA_DIR={shlex.quote(str(suite.folder))}")
    if suite.grpc_target != "127.0.0.1:50050":
        words.append(f"OMS_TARGET={suite.grpc_target}")
    return " ".join([*words, ".venv/bin/oms"])


def _http_row(name: str, url: str) -> str:
    if name == "graphql":
        return _row("GraphQL", f"{url}/graphql")
    if name == "graphql_ws":
        return _row("GraphQL WebSocket", f"{url.replace('http', 'ws', 1)}/graphql")
    return _row(f"REST {name}", url)


def _row(what: str, where: str) -> str:
    return f"  {what:<18} {where}"
