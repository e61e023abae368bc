"""Short ways to say what a test does to objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from oms.object.v1 import filter_pb2, object_pb2
from oms.object.v1 import link_service_pb2 as link_pb2
from oms.object.v1 import object_service_pb2 as pb
from oms.ontology.v1 import branch_service_pb2 as branch_pb2
from oms.ontology.v1 import change_set_service_pb2 as change_set_pb2
from oms_testing.e2e import ApiError, GrpcApi


def value(plain: Any) -> object_pb2.Value:
    """A plain value as a message."""
    if isinstance(plain, object_pb2.Value):
        return plain
    if isinstance(plain, bool):
        return object_pb2.Value(boolean=plain)
    if isinstance(plain, str):
        return object_pb2.Value(text=plain)
    if isinstance(plain, list):
        return object_pb2.Value(list=object_pb2.ValueList(values=map(value, plain)))
    if isinstance(plain, tuple):
        text = object_pb2.LanguageText(language=plain[0], text=plain[1])
        return object_pb2.Value(language_text=text)
    return object_pb2.Value(number=str(plain))


def plain(message: object_pb2.Value) -> Any:
    """A message as a plain value; numbers as decimals."""
    kind = message.WhichOneof("kind")
    if kind == "list":
        return [plain(inner) for inner in message.list.values]
    if kind == "number":
        return Decimal(message.number)
    if kind == "language_text":
        return message.language_text.language, message.language_text.text
    return getattr(message, str(kind))


def values(given: object_pb2.Object) -> dict[str, Any]:
    return {key: plain(given.values[key]) for key in given.values}


def prop(property_id: str, kind: str = "STRING", **options: Any) -> dict[str, Any]:
    """A property of a data type, or, in lower case or mixed, of an object type."""
    type_ = {"data_type": f"DATA_TYPE_{kind}"} if kind.isupper() else {"object_type": kind}
    return {"property_id": property_id, "type": type_, **options}


def transport_types() -> list[dict[str, Any]]:
    return [
        {"interface": {"name": "Named", "properties": [prop("label")]}},
        {
            "object_type": {
                "name": "Place",
                "is_abstract": True,
                "interfaces": ["Named"],
                "properties": [prop("lat", "DOUBLE"), prop("lon", "DOUBLE")],
            }
        },
        {
            "object_type": {
                "name": "Country",
                "interfaces": ["Named"],
                "properties": [
                    prop("population", "LONG"),
                    prop("founded", "DATE"),
                    prop("tags", is_list=True),
                    prop("motto", "LANG_STRING"),
                ],
            }
        },
        {
            "object_type": {
                "name": "Airport",
                "parents": ["Place"],
                "properties": [
                    prop("iata", is_required=True),
                    prop("elevation", "DECIMAL"),
                    prop("country", "Country"),
                    prop("is_open", "BOOLEAN"),
                    prop("opened", "DATE_TIME"),
                ],
            }
        },
        {"object_type": {"name": "Heliport", "parents": ["Airport"]}},
        {"object_type": {"name": "Airline", "interfaces": ["Named"]}},
        {
            "link_type": {
                "name": "serves",
                "source_types": ["Airline"],
                "target_types": ["Airport"],
                "target_cardinality": {"max_count": 3},
            }
        },
        {
            "link_type": {
                "name": "flag_carrier_of",
                "source_types": ["Airline"],
                "target_types": ["Country"],
                "characteristics": ["LINK_CHARACTERISTIC_FUNCTIONAL"],
                "source_cardinality": {"max_count": 1},
            }
        },
    ]


_COLLECTIONS = {
    "object_type": "objectTypes",
    "link_type": "linkTypes",
    "interface": "interfaces",
}


@dataclass(frozen=True)
class World:
    """One ontology and a way to call its server."""

    call: GrpcApi
    id: str

    @property
    def name(self) -> str:
        return f"ontologies/{self.id}"

    def object_name(self, ref: str) -> str:
        type_, object_id = ref.split("/")
        return f"{self.name}/objectTypes/{type_}/objects/{object_id}"

    def type_name(self, type_: str) -> str:
        return f"{self.name}/objectTypes/{type_}"

    async def types(self, *elements: dict[str, Any], **options: Any) -> Any:
        """Puts elements in place, each `{kind: body}` with its id as the name."""
        return await self.call(
            change_set_pb2.ApplyChangeSetRequest(
                parent=self.name,
                changes=[
                    change_set_pb2.Change(upsert=change_set_pb2.Element(**{k: self._named(k, v)}))
                    for element in elements
                    for k, v in element.items()
                ],
                **options,
            )
        )

    def _named(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "name": f"{self.name}/{_COLLECTIONS[kind]}/{body['name']}"}

    async def create(self, ref: str, given: dict[str, Any] | None = None, **options: Any) -> Any:
        type_, object_id = ref.split("/")
        return await self.call(
            pb.CreateObjectRequest(
                parent=self.type_name(type_),
                object_id=object_id,
                object=self.object(ref, given),
                **options,
            )
        )

    def object(self, ref: str, given: dict[str, Any] | None = None) -> object_pb2.Object:
        found = {key: value(inner) for key, inner in (given or {}).items()}
        return object_pb2.Object(name=self.object_name(ref), values=found)

    async def get(self, ref: str, **options: Any) -> Any:
        response = await self.call(pb.GetObjectRequest(name=self.object_name(ref), **options))
        return response.object

    async def update(self, ref: str, given: dict[str, Any], *named: str, **options: Any) -> Any:
        message = self.object(ref, given)
        message.etag = options.pop("etag", "")
        return await self.call(
            pb.UpdateObjectRequest(object=message, update_properties=named, **options)
        )

    async def delete(self, ref: str, **options: Any) -> Any:
        return await self.call(pb.DeleteObjectRequest(name=self.object_name(ref), **options))

    async def apply(self, *changes: dict[str, Any], **options: Any) -> Any:
        return await self.call(
            pb.ApplyObjectChangesRequest(
                parent=self.name, changes=[pb.ObjectChange(**c) for c in changes], **options
            )
        )

    async def fill(self, objects: dict[str, dict[str, Any]], *links: str) -> str:
        """Creates objects and links, each of these as `type source target`."""
        response = await self.apply(
            *({"create": self.object(ref, given)} for ref, given in objects.items()),
            *({"link": link(text)} for text in links),
        )
        return response.commit_id

    async def search(
        self, type_: str, filter_: Any = None, orders: Sequence[str] = (), **options: Any
    ) -> Any:
        return await self.call(
            pb.SearchObjectsRequest(
                parent=options.pop("parent", self.type_name(type_)),
                filter=filter_,
                order_by=[
                    filter_pb2.Order(property=o.lstrip("-"), descending=o.startswith("-"))
                    for o in orders
                ],
                **options,
            )
        )

    async def found(
        self, type_: str, filter_: Any = None, orders: Sequence[str] = (), **options: Any
    ) -> list[str]:
        """Ids of what a search finds."""
        response = await self.search(type_, filter_, orders, **options)
        return ids(response.objects)

    async def link(self, text: str, **options: Any) -> Any:
        request = link_pb2.CreateLinkRequest(parent=self.name, link=link(text), **options)
        return await self.call(request)

    async def unlink(self, text: str, **options: Any) -> Any:
        request = link_pb2.DeleteLinkRequest(parent=self.name, link=link(text), **options)
        return await self.call(request)

    async def branch(self, branch_id: str) -> None:
        await self.call(branch_pb2.CreateBranchRequest(parent=self.name, branch_id=branch_id))

    async def merge(self, source: str, into: str = "main", **options: Any) -> Any:
        return await self.call(
            branch_pb2.MergeBranchRequest(
                name=f"{self.name}/branches/{into}", source={"branch": source}, **options
            )
        )


def link(text: str) -> object_pb2.Link:
    link_type, source, target = text.split()
    return object_pb2.Link(link_type=link_type, source=source, target=target)


def ids(objects: Sequence[object_pb2.Object]) -> list[str]:
    return [found.name.rpartition("/")[2] for found in objects]


def compare(property_id: str, operator: str, given: Any) -> filter_pb2.Filter:
    """A comparison; `operator` is `=`, `!=`, `<`, `<=`, `>` or `>=`."""
    number = ["=", "!=", "<", "<=", ">", ">="].index(operator) + 1
    return filter_pb2.Filter(
        compare=filter_pb2.Comparison(property=property_id, operator=number, value=value(given))
    )


def text(property_id: str, operator: str, pattern: str, **options: Any) -> filter_pb2.Filter:
    """A look into a text; `operator` is `contains`, `prefix`, `suffix` or `regex`."""
    number = ["contains", "prefix", "suffix", "regex"].index(operator) + 1
    return filter_pb2.Filter(
        text=filter_pb2.TextMatch(property=property_id, operator=number, pattern=pattern, **options)
    )


def every(*filters: filter_pb2.Filter) -> filter_pb2.Filter:
    return filter_pb2.Filter(all=filter_pb2.FilterList(filters=filters))


def either(*filters: filter_pb2.Filter) -> filter_pb2.Filter:
    return filter_pb2.Filter(any=filter_pb2.FilterList(filters=filters))


def negated(filter_: filter_pb2.Filter) -> filter_pb2.Filter:
    return filter_pb2.Filter(**{"not": filter_})


@contextmanager
def refused(
    reason: str, code: str = "INVALID_ARGUMENT"
) -> Iterator[pytest.ExceptionInfo[ApiError]]:
    """Expects an error of a reason."""
    with pytest.raises(ApiError) as caught:
        yield caught
    assert (caught.value.code, caught.value.reason) == (code, reason), caught.value
