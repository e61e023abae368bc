"""The rules that this process knows, kept up to date by revision."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from oms_core.errors import OmsError
from oms_core.logging import get_logger

from svc_events.adapters.routing.rows import JOINED, SELECTED, rule_of
from svc_events.domain.routing.compiled import CompiledRule
from svc_events.domain.routing.rule import Rule, Target

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    Connection = AsyncConnection[Any]

_REVISIONS: Final = (
    "SELECT r.revision, w.revision FROM routing_revision r CROSS JOIN webhook_revision w"
)
_WEBHOOKS: Final = (
    "SELECT id, serial, is_ordered, ordering_key, NOT is_disabled AND suspended_reason = '' "
    "AND (is_confirmed OR NOT require_handshake) AS is_enabled "
    "FROM webhooks WHERE id IN "
    "(SELECT target FROM routing_rules WHERE target_kind = 'webhook' AND NOT is_disabled)"
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a rule has to know of a webhook that it copies to."""

    token: str
    is_ordered: bool
    ordering_key: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Active:
    """An enabled rule, ready for events."""

    rule: Rule
    compiled: CompiledRule
    target: Target


class RuleBook:
    """The enabled rules by stream. One that can't be compiled is left out, and logged."""

    def __init__(self) -> None:
        self._revisions: tuple[int, int] | None = None
        self._streams: Mapping[str, Sequence[Active]] = {}
        self._endpoints: Mapping[str, Endpoint] = {}
        self._reading = asyncio.Lock()
        self._log = get_logger()

    @property
    def streams(self) -> Mapping[str, Sequence[Active]]:
        """The rules by the id of the stream that they read, in the order of their ids."""
        return self._streams

    def endpoint(self, webhook_id: str) -> Endpoint | None:
        """A webhook that an enabled rule names; None when it is gone."""
        return self._endpoints.get(webhook_id)

    async def refresh(self, connection: Connection) -> None:
        """Reads the rules again if any changed."""
        async with self._reading:
            cursor = await connection.execute(_REVISIONS)
            row = await cursor.fetchone()
            revisions = (row[0], row[1]) if row else (0, 0)
            if revisions != self._revisions:
                await self._read(connection)
                # Read before the rules were, so no change is passed over.
                self._revisions = revisions

    async def _read(self, connection: Connection) -> None:
        from psycopg.rows import dict_row

        query = f"SELECT {SELECTED} FROM {JOINED} WHERE NOT r.is_disabled ORDER BY r.id"  # noqa: S608 - columns
        async with connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode())
            rules = [rule_of(row) for row in await cursor.fetchall()]
            await cursor.execute(_WEBHOOKS)
            webhooks = await cursor.fetchall()
        self._endpoints = {
            row["id"]: Endpoint(
                token=f"{row['id']}_{row['serial']}",
                is_ordered=row["is_ordered"],
                ordering_key=row["ordering_key"],
                is_enabled=row["is_enabled"],
            )
            for row in webhooks
        }
        self._streams = self._compiled(rules)

    def _compiled(self, rules: Sequence[Rule]) -> dict[str, list[Active]]:
        kept = {
            (each.rule.serial, each.rule.version): each.compiled
            for stream in self._streams.values()
            for each in stream
        }
        streams: dict[str, list[Active]] = {}
        for rule in rules:
            compiled = kept.get((rule.serial, rule.version)) or self._compile(rule)
            if compiled is not None and rule.settings.target is not None:
                active = Active(rule, compiled, rule.settings.target)
                streams.setdefault(rule.stream, []).append(active)
        return streams

    def _compile(self, rule: Rule) -> CompiledRule | None:
        try:
            return CompiledRule(rule.id, rule.settings)
        except OmsError as exc:
            self._log.error("routing rule left out", rule=rule.name, why=str(exc))
            return None
