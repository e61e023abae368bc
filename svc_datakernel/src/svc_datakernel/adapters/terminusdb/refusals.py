"""What the kernel's stores offer and a TerminusDB server can't, refused by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from svc_datakernel.adapters.terminusdb.capabilities import refuse
from svc_datakernel.domain.containment import Template
from svc_datakernel.domain.graph.requests import Blame, Tag
from svc_datakernel.domain.model import (
    Commit,
    DocumentBatch,
    DocumentPage,
    Revision,
    Verification,
)
from svc_datakernel.domain.operations import CommitDraft, CommitResult
from svc_datakernel.domain.replication import (
    Compaction,
    HistoryPart,
    Imported,
    ImportTarget,
    Statistics,
)


class TerminusRefusals:
    """Each method raises `UnsupportedOperation`."""

    async def create_commit(self, database: str, branch: str, draft: CommitDraft) -> CommitResult:
        """Of databases of plain JSON."""
        raise refuse("json_databases")

    async def get_documents(
        self, database: str, revision: Revision, document_ids: Sequence[str], *, show_deleted: bool
    ) -> DocumentBatch:
        """Of databases of plain JSON."""
        raise refuse("json_databases")

    async def list_documents(
        self,
        database: str,
        revision: Revision,
        *,
        types: Sequence[str],
        after: str,
        limit: int,
        show_deleted: bool,
    ) -> DocumentPage:
        """Of databases of plain JSON."""
        raise refuse("json_databases")

    async def query_documents(
        self,
        database: str,
        revision: Revision,
        *,
        type_: str,
        template: Template,
        after: str,
        limit: int,
    ) -> DocumentPage:
        """Of databases of plain JSON."""
        raise refuse("json_databases")

    async def find_commit(self, database: str, request_id: str) -> Commit:
        """The server keeps no request ids."""
        raise refuse("request_ids")

    async def verify(self, database: str) -> Verification:
        """There are no hashes."""
        raise refuse("verification")

    async def create_tag(
        self, database: str, tag: str, target: Revision, *, author: str, message: str
    ) -> Tag:
        """There are no tags."""
        raise refuse("tags")

    async def get_tag(self, database: str, tag: str) -> Tag:
        """There are no tags."""
        raise refuse("tags")

    async def list_tags(self, database: str, *, after: str, limit: int) -> Sequence[Tag]:
        """There are no tags."""
        raise refuse("tags")

    async def delete_tag(self, database: str, tag: str) -> None:
        """There are no tags."""
        raise refuse("tags")

    async def blame(self, database: str, revision: Revision, document_id: str) -> Sequence[Blame]:
        """The server does not say."""
        raise refuse("blame")

    def export_history(
        self, database: str, *, branches: Sequence[str], have: Sequence[str]
    ) -> AsyncIterator[HistoryPart]:
        """Commits have no hashes to verify."""
        raise refuse("replication")

    async def import_history(
        self, target: ImportTarget, parts: AsyncIterator[HistoryPart]
    ) -> Imported:
        """Commits can't be made under an id given."""
        raise refuse("replication")

    async def compact(self, database: str, *, is_dry_run: bool) -> Compaction:
        """The server's own business."""
        raise refuse("maintenance")

    def backup(self, database: str) -> AsyncIterator[bytes]:
        """The server's own business."""
        raise refuse("maintenance")

    async def check_database(self, database: str) -> Sequence[str]:
        """The server's own business."""
        raise refuse("maintenance")

    async def statistics(self, database: str) -> Statistics:
        """The server's own business."""
        raise refuse("maintenance")
