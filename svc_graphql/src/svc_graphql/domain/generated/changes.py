"""Mutations: objects created, changed, replaced and deleted, links made and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)
from oms_core.errors import InvalidField

from svc_graphql.domain.execution.bindings import ApplyChanges, Arguments, Attribute
from svc_graphql.domain.execution.requests import Change, Put, PutMode, Relate, Remove
from svc_graphql.domain.generated.descriptions import described
from svc_graphql.domain.generated.naming import Names
from svc_graphql.domain.generated.objects import ObjectTypes
from svc_graphql.domain.generated.values import ValueTypes, bound
from svc_graphql.domain.generated.vocabulary import Vocabulary

Meaning = Callable[[Mapping[str, Any]], Change]


class Changes:
    """Makes the fields of `Mutation`. Each is one commit; `commit` makes one of several changes."""

    def __init__(self, vocabulary: Vocabulary, values: ValueTypes, objects: ObjectTypes) -> None:
        self._vocabulary = vocabulary
        self._values = values
        self._objects = objects
        self._names = Names(("commit",))
        self._meanings: dict[str, Meaning] = {}
        self._inputs: dict[str, GraphQLInputField] = {}
        self._fields: dict[str, GraphQLField] = {}
        self._delete = _delete_input()
        self._link = _link_input()
        self._done = _commit_payload(objects.object)

    def fields(self) -> dict[str, GraphQLField]:
        """Every mutation, by its name. Empty when nothing can be changed."""
        for id_ in self._vocabulary.hierarchy.concrete_of(()):
            self._of_object_type(id_)
        for id_ in sorted(self._vocabulary.ontology.link_types):
            self._of_link_type(id_)
        if self._fields:
            self._fields["commit"] = self._several()
        return self._fields

    def _of_object_type(self, id_: str) -> None:
        name = self._vocabulary.type_name("objectTypes", id_)
        payload = self._payload(id_, name)
        create, update, upsert = self._inputs_of(id_, name)
        self._add(f"create{name}", create, partial(_created, id_), payload, f"Creates a {id_}.")
        self._add(
            f"update{name}", update, partial(_updated, id_), payload, f"Changes values of a {id_}."
        )
        self._add(
            f"upsert{name}",
            upsert,
            partial(_replaced, id_),
            payload,
            f"Creates a {id_}, or replaces all its values.",
        )
        self._add(
            f"delete{name}",
            self._delete,
            partial(_removed, id_),
            self._done,
            f"Deletes a {id_}. It stays readable as of earlier commits.",
        )

    def _of_link_type(self, id_: str) -> None:
        name = self._vocabulary.links[id_]
        name = name[:1].upper() + name[1:]
        for verb, is_removed, text in (
            ("link", False, f"Links two objects by {id_}; nothing changes when they are already."),
            ("unlink", True, f"Takes a link {id_} away."),
        ):
            meaning = partial(_related, id_, is_removed)
            self._add(f"{verb}{name}", self._link, meaning, self._done, text)

    def _add(
        self, wanted: str, input_: Any, meaning: Meaning, payload: GraphQLObjectType, text: str
    ) -> None:
        name = self._names.take(wanted)
        self._meanings[name] = meaning
        self._inputs[name] = GraphQLInputField(input_, description=text)
        self._fields[name] = bound(
            payload,
            ApplyChanges(partial(_single, meaning)),
            args={"input": GraphQLArgument(GraphQLNonNull(input_)), **_commit_arguments()},
            description=text,
        )

    def _several(self) -> GraphQLField:
        change = GraphQLInputObjectType(
            "Change",
            self._inputs,
            is_one_of=True,
            out_type=partial(_chosen, self._meanings),
            description="One change: exactly one field.",
        )
        changes = GraphQLNonNull(GraphQLList(GraphQLNonNull(change)))
        return bound(
            self._done,
            ApplyChanges(_all),
            args={"changes": GraphQLArgument(changes), **_commit_arguments()},
            description="Applies up to 10,000 changes as one commit, all of them or none. "
            "Objects may refer to each other in any order.",
        )

    def _payload(self, id_: str, name: str) -> GraphQLObjectType:
        return GraphQLObjectType(
            self._vocabulary.derived(name, "Payload"),
            {
                "commitId": _commit_id(),
                "object": bound(
                    self._objects.concrete(id_),
                    Attribute("row"),
                    description="The object as it is now.",
                ),
            },
        )

    def _inputs_of(self, id_: str, name: str) -> tuple[Any, Any, Any]:
        """What creates, changes and replaces an object of a type."""
        derived = self._vocabulary.derived
        values = self._values_input(id_, derived(name, "Input"), is_patch=False)
        patch = self._values_input(id_, derived(name, "Patch"), is_patch=True)
        key = GraphQLInputField(GraphQLString, description="Its key. Left out: a random one.")
        wanted = GraphQLInputField(
            GraphQLNonNull(values) if _has_required(values) else values, description="Its values."
        )
        create = GraphQLInputObjectType(derived(name, "Create"), {"key": key, "values": wanted})
        upsert = GraphQLInputObjectType(
            derived(name, "Upsert"),
            {"key": GraphQLInputField(GraphQLNonNull(GraphQLString)), "values": wanted},
        )
        update = GraphQLInputObjectType(
            derived(name, "Update"),
            {
                "id": GraphQLInputField(GraphQLNonNull(GraphQLID)),
                "set": GraphQLInputField(
                    GraphQLNonNull(patch), description="Values to set; null takes one away."
                ),
                "etag": GraphQLInputField(
                    GraphQLString, description="Its current etag. Left out: any."
                ),
            },
        )
        return create, update, upsert

    def _values_input(self, id_: str, name: str, *, is_patch: bool) -> GraphQLInputObjectType:
        known = self._vocabulary.properties_of(id_)
        fields = {
            field: GraphQLInputField(
                self._values.property_input(one, is_required=one.is_required and not is_patch),
                out_name=one.id,
                description=described(one.texts, field),
            )
            for field, one in known
        }
        # GraphQL has no input type without fields.
        fields = fields or {"_": GraphQLInputField(GraphQLBoolean, description="No use.")}
        return GraphQLInputObjectType(name, fields)


def _has_required(values: GraphQLInputObjectType) -> bool:
    return any(isinstance(field.type, GraphQLNonNull) for field in values.fields.values())


def _commit_arguments() -> dict[str, GraphQLArgument]:
    texts = {
        "message": "Message of the commit. Left out: one that says what was done.",
        "expectedHead": "Id of the commit that has to be the branch's head. Left out: any.",
        "requestId": "Makes the mutation safe to repeat: at most 128 characters.",
    }
    return {name: GraphQLArgument(GraphQLString, description=text) for name, text in texts.items()}


def _commit_id() -> GraphQLField:
    return bound(
        GraphQLNonNull(GraphQLID), Attribute("commit_id"), description="The commit that was made."
    )


def _commit_payload(object_: Any) -> GraphQLObjectType:
    return GraphQLObjectType(
        "CommitPayload",
        {
            "commitId": _commit_id(),
            "objects": bound(
                GraphQLNonNull(GraphQLList(object_)),
                Attribute("rows"),
                description="One for each change: the object as it is now; null of other changes.",
            ),
        },
    )


def _delete_input() -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        "DeleteInput",
        {
            "id": GraphQLInputField(GraphQLNonNull(GraphQLID)),
            "etag": GraphQLInputField(
                GraphQLString, description="Its current etag. Left out: any."
            ),
            "withLinks": GraphQLInputField(
                GraphQLBoolean, description="Delete its links with it. An object with links stays."
            ),
        },
    )


def _link_input() -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        "LinkInput",
        {
            "source": GraphQLInputField(GraphQLNonNull(GraphQLID)),
            "target": GraphQLInputField(GraphQLNonNull(GraphQLID)),
        },
    )


def _single(meaning: Meaning, arguments: Arguments) -> tuple[Change, ...]:
    return (meaning(arguments["input"]),)


def _all(arguments: Arguments) -> tuple[Change, ...]:
    return tuple(change() for change in arguments["changes"])


def _chosen(meanings: Mapping[str, Meaning], said: Mapping[str, Any]) -> Callable[[], Change]:
    """The change, read later: what is wrong with it is an error of the field then."""
    name, value = next(iter(said.items()))
    return partial(meanings[name], value)


def _values(said: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in said.items() if name != "_"}


def _created(type_: str, said: Mapping[str, Any]) -> Change:
    key = said.get("key")
    values = _given(said.get("values"))
    return Put(PutMode.CREATE, type_, f"{type_}/{key}" if key else "", values)


def _updated(type_: str, said: Mapping[str, Any]) -> Change:
    id_ = _of_type(type_, said["id"])
    return Put(PutMode.UPDATE, type_, id_, _values(said["set"]), said.get("etag") or "")


def _replaced(type_: str, said: Mapping[str, Any]) -> Change:
    return Put(PutMode.UPSERT, type_, f"{type_}/{said['key']}", _given(said.get("values")))


def _removed(type_: str, said: Mapping[str, Any]) -> Change:
    id_ = _of_type(type_, said["id"])
    return Remove(id_, said.get("etag") or "", bool(said.get("withLinks")))


def _related(link_type: str, is_removed: bool, said: Mapping[str, Any]) -> Change:
    return Relate(link_type, said["source"], said["target"], is_removed)


def _given(values: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The values of a new object: null is as left out."""
    return {name: value for name, value in _values(values or {}).items() if value is not None}


def _of_type(type_: str, id_: str) -> str:
    if id_.partition("/")[0] != type_:
        raise InvalidField.of("id", f"{id_[:80]!r} is no {type_}; its id begins with {type_}/")
    return id_
