"""Pages through the differences between two revisions, in the order of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oms.common.v1.revision_pb2 import Revision
from oms.datakernel.v1 import commit_service_pb2 as commit_pb2
from oms_core.paging import decode_page_token, encode_page_token

from svc_api.adapters.kernel import Kernel
from svc_api.domain.kinds import ElementKind


@dataclass(frozen=True, slots=True)
class DiffPage:
    """One page of differences. `counts` is by kind, and empty but on the first page."""

    diffs: Sequence[tuple[ElementKind, commit_pb2.DocumentDiff]]
    next_page_token: str
    base_commit: str
    target_commit: str
    counts: Sequence[tuple[ElementKind, commit_pb2.TypeDiffCount]]


@dataclass(slots=True)
class _Cursor:
    """Where a page starts: the two commits, the kind, and the kernel's token within it."""

    base: str
    target: str
    kind: int
    token: str


async def diff_page(
    kernel: Kernel,
    ontology: str,
    kinds: Sequence[ElementKind],
    *,
    base: Revision,
    target: Revision,
    query: Sequence[str],
    page_size: int,
    page_token: str,
) -> DiffPage:
    """One page of the differences between two revisions, kind after kind.

    The kernel orders by document id, which is not the order of names, so each kind
    is asked for by itself.

    Args:
        kinds: The kinds to compare, in the order of their collections.
        query: What identifies the query, for the page token.
        page_size: 1 or more.
    Raises:
        InvalidPageToken: the token is damaged or belongs to another query.
        ResourceNotFound: a revision does not exist.
    """
    at = decode_page_token(query, page_token, length=4)
    counts: list[tuple[ElementKind, commit_pb2.TypeDiffCount]] = []
    if at is None:
        cursor, counts = await _first(kernel, ontology, kinds, base, target)
    else:
        cursor = _Cursor(at[0], at[1], int(at[2]), at[3])
    diffs: list[tuple[ElementKind, commit_pb2.DocumentDiff]] = []
    while cursor.kind < len(kinds) and len(diffs) < page_size:
        kind = kinds[cursor.kind]
        response = await kernel.diff_page(ontology, _request(cursor, kind, page_size - len(diffs)))
        diffs += [(kind, diff) for diff in response.diffs]
        cursor.token = response.next_page_token
        if cursor.token:
            break  # the page is full, by number or by size
        cursor.kind += 1
    is_last = cursor.kind >= len(kinds)
    following = (cursor.base, cursor.target, str(cursor.kind), cursor.token)
    token = "" if is_last else encode_page_token(query, following)
    return DiffPage(diffs, token, cursor.base, cursor.target, counts)


async def _first(
    kernel: Kernel, ontology: str, kinds: Sequence[ElementKind], base: Revision, target: Revision
) -> tuple[_Cursor, list[tuple[ElementKind, commit_pb2.TypeDiffCount]]]:
    """Pins both commits and counts; a page of one entry carries the counts of all."""
    response = await kernel.diff_page(
        ontology,
        commit_pb2.DiffCommitsRequest(
            base=base, target=target, types=[kind.document_type for kind in kinds], page_size=1
        ),
    )
    by_type = {count.type: count for count in response.counts}
    counts = [
        (kind, by_type[kind.document_type]) for kind in kinds if kind.document_type in by_type
    ]
    return _Cursor(response.base_commit, response.target_commit, 0, ""), counts


def _request(cursor: _Cursor, kind: ElementKind, size: int) -> commit_pb2.DiffCommitsRequest:
    return commit_pb2.DiffCommitsRequest(
        base=Revision(commit=cursor.base),
        target=Revision(commit=cursor.target),
        types=[kind.document_type],
        include_documents=True,
        page_size=size,
        page_token=cursor.token,
    )
