"""Writing entries: vectors are made where they are missing, for each generation there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from oms_core.errors import InvalidField, ServiceUnavailable

from svc_embedding.domain.indexes.embedding import TextEmbedder, space_mismatch
from svc_embedding.domain.indexes.entries import (
    Entry,
    Metadata,
    MetadataValue,
    Vector,
    check_metadata,
    check_plain,
    text_hash,
)
from svc_embedding.domain.indexes.records import Generation, IndexRecord, LayoutChanged
from svc_embedding.domain.indexes.vector_index import VectorIndex
from svc_embedding.domain.indexes.vectors import check_vector

_T = TypeVar("_T")
_ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry that is to be written.

    Args:
        vector: None: made of the text.
    """

    id: str
    text: str = ""
    vector: Vector | None = None
    metadata: Metadata = field(default_factory=dict[str, MetadataValue])


async def with_layout(
    index: VectorIndex, index_id: str, work: Callable[[IndexRecord], Awaitable[_T]]
) -> _T:
    """Does work on an index, again with the new record if its generations change meanwhile.

    Raises:
        ResourceNotFound: there is no such index.
        ServiceUnavailable: it changes all the time.
    """
    for _ in range(_ATTEMPTS):
        record = await index.get(index_id)
        try:
            return await work(record)
        except LayoutChanged:
            continue
    raise ServiceUnavailable(
        f"index {index_id!r} is being changed; try again",
        metadata={"service": "vector index"},
        retry_after_s=1.0,
    )


class EntryWriter:
    """Writes entries into every generation of an index."""

    def __init__(self, index: VectorIndex, embedder: TextEmbedder) -> None:
        self._index = index
        self._embedder = embedder

    async def write(
        self,
        index_id: str,
        namespace: str,
        drafts: Sequence[Draft],
        *,
        space: str = "",
        is_addressed_by_text: bool = False,
    ) -> list[str]:
        """Writes entries, all or none; the ids of those whose text was cut.

        Args:
            space: Of the vectors that are given, if the caller says.
            is_addressed_by_text: Vectors of this index are made of texts alone, so that the
            vector of a
                text that some entry has is taken and not made again.
        Raises:
            InvalidField, InvalidVector: names the field.
            VectorSpaceMismatch: an entry without a text, while another space is filled.
        """
        _check(namespace, drafts)

        async def write(record: IndexRecord) -> list[str]:
            if space and space != record.active.space:
                raise space_mismatch(space, record.active)
            puts: dict[int, Sequence[Entry]] = {}
            cut: list[str] = []
            for generation in record.generations:
                entries, is_cut = await self._made(
                    record, generation, drafts, is_addressed_by_text=is_addressed_by_text
                )
                puts[generation.number] = entries
                if generation is record.active:
                    cut = is_cut
            await self._index.write(record, namespace, puts)
            return cut

        return await with_layout(self._index, index_id, write)

    async def vectors_of(
        self, record: IndexRecord, generation: Generation, texts: Sequence[str]
    ) -> Mapping[str, Vector]:
        """Vectors of texts by their hash, those that are known not made again."""
        by_hash = {text_hash(text): text for text in texts}
        known = dict(await self._index.known_vectors(record, generation.number, list(by_hash)))
        missing = [key for key in by_hash if key not in known]
        made, _ = await self._embedder.documents(generation, [by_hash[key] for key in missing])
        return known | dict(zip(missing, made, strict=True))

    async def _made(
        self,
        record: IndexRecord,
        generation: Generation,
        drafts: Sequence[Draft],
        *,
        is_addressed_by_text: bool,
    ) -> tuple[list[Entry], list[str]]:
        given = self._given(record, generation, drafts)
        wanted = [draft for draft in drafts if draft.id not in given]
        cut: list[str] = []
        if is_addressed_by_text:
            known = await self.vectors_of(record, generation, [each.text for each in wanted])
            given |= {draft.id: known[text_hash(draft.text)] for draft in wanted}
        else:
            texts = [draft.text for draft in wanted]
            made, is_cut = await self._embedder.documents(generation, texts)
            given |= {draft.id: vector for draft, vector in zip(wanted, made, strict=True)}
            cut = [each.id for each, flag in zip(wanted, is_cut, strict=True) if flag]
        return [
            Entry(id=each.id, text=each.text, vector=given[each.id], metadata=each.metadata)
            for each in drafts
        ], cut

    def _given(
        self, record: IndexRecord, generation: Generation, drafts: Sequence[Draft]
    ) -> dict[str, Vector]:
        """Vectors that came with the entries, as far as they are of the generation's space."""
        is_same = generation.space == record.active.space
        found: dict[str, Vector] = {}
        for at, draft in enumerate(drafts):
            if draft.vector is None:
                continue
            vector = check_vector(
                draft.vector,
                dimensions=record.active.dimensions,
                metric=record.metric,
                field=f"entries[{at}].vector",
            )
            if is_same:
                found[draft.id] = vector
            elif not draft.text:
                raise space_mismatch(record.active.space, generation, entry=draft.id)
        return found


def _check(namespace: str, drafts: Sequence[Draft]) -> None:
    check_plain(namespace, field="namespace")
    seen: set[str] = set()
    for at, draft in enumerate(drafts):
        check_plain(draft.id, field=f"entries[{at}].entry_id")
        check_plain(draft.text, field=f"entries[{at}].text")
        check_metadata(draft.metadata, field=f"entries[{at}].metadata")
        if draft.id in seen:
            raise InvalidField.of(f"entries[{at}].entry_id", f"{draft.id!r} comes twice")
        seen.add(draft.id)
        if not draft.text.strip() and (draft.vector is None or draft.text):
            raise InvalidField.of(
                f"entries[{at}]", "has to have a text, not white space alone, or a vector"
            )
