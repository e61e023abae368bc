"""The ASGI application: what goes where."""

from __future__ import annotations

from oms_core.errors import ResourceNotFound

from svc_graphql.transport.asgi import Receive, Scope, Send, header, respond
from svc_graphql.transport.errors import body_of, to_graphql
from svc_graphql.transport.http import GraphqlOverHttp
from svc_graphql.transport.negotiation import JSON, wants_page
from svc_graphql.transport.page import Page
from svc_graphql.transport.running import PATH
from svc_graphql.transport.websocket import GraphqlOverWebSocket


class App:
    """Serves `/graphql` and what lies below it.

    Args:
        http: Answers requests.
        websocket: Serves connections.
        page: Shown to browsers; None: none is.
    """

    def __init__(
        self, http: GraphqlOverHttp, websocket: GraphqlOverWebSocket, page: Page | None
    ) -> None:
        self._http = http
        self._websocket = websocket
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request or connection."""
        path: str = scope["path"]
        is_ours = path == PATH or (
            path.startswith(PATH + "/") and "/" not in path.removeprefix(PATH + "/")
        )
        if scope["type"] == "websocket":
            await (self._websocket if is_ours else _refuse)(scope, receive, send)
        elif not is_ours:
            error = to_graphql(ResourceNotFound.of("path", path[:200]))
            await respond(send, 404, body_of([error]), JSON)
        elif self._page is not None and self._is_for_page(scope):
            await self._page.show(send)
        else:
            await self._http(scope, receive, send)

    @staticmethod
    def _is_for_page(scope: Scope) -> bool:
        is_get = scope["method"] == "GET" and not scope["query_string"]
        return is_get and wants_page(header(scope, b"accept"))


async def _refuse(_scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b""})
