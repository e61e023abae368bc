"""Pages that stay on the commits that the first one read."""

from __future__ import annotations

from collections.abc import Sequence

from oms.common.v1.revision_pb2 import Revision as RevisionMessage
from oms_core.paging import decode_page_token, encode_page_token

from svc_datakernel import convert
from svc_datakernel.domain.model import Revision


class PinnedPages:
    """The paging of one query over one or more revisions.

    The first page resolves the revisions; its token carries the commits they meant,
    so that later pages don't move when a branch does.
    """

    def __init__(
        self, query: Sequence[str], revisions: Sequence[tuple[str, RevisionMessage]], token: str
    ) -> None:
        """Reads a page's token.

        Args:
            query: What identifies the query besides its revisions.
            revisions: Field name and value of each.
            token: What the caller sent; empty for the first page.
        Raises:
            InvalidPageToken: it is damaged or belongs to another query.
            InvalidField: a revision contradicts itself.
        """
        given = [convert.to_revision(message, field) for field, message in revisions]
        self._query = [*query, *(str(revision) for revision in given)]
        cursor = decode_page_token(self._query, token, length=len(given) + 1)
        self.after = cursor[-1] if cursor else ""
        """Where the page starts; empty for the first one."""
        self.revisions: list[Revision] = given
        """What to read."""
        if cursor:
            self.revisions = [convert.to_pinned(commit) for commit in cursor[:-1]]

    def next_token(self, commits: Sequence[str], after: str | None) -> str:
        """The token of the page that starts after `after`; empty when there is none."""
        return "" if after is None else encode_page_token(self._query, [*commits, after])
