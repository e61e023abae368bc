"""A small ontology that has something of everything."""

from __future__ import annotations

from svc_graphql.domain.ontology.model import (
    BaseType,
    EnumReference,
    EnumType,
    Interface,
    LinkType,
    ObjectReference,
    ObjectType,
    Ontology,
    Property,
    Struct,
    StructReference,
    Texts,
)

COMMIT = "c" * 64
_NAMED = Property("name", BaseType.STRING, is_required=True)


def shop() -> Ontology:
    """People, employees among them, and companies."""
    return Ontology(
        id="shop",
        commit_id=COMMIT,
        object_types={
            one.id: one
            for one in (
                ObjectType(
                    "Party",
                    properties=(_NAMED, Property("since", BaseType.DATE)),
                    is_abstract=True,
                    texts=Texts(labels=(("en", "Party"), ("de", "Partei"))),
                ),
                ObjectType(
                    "Person",
                    parents=("Party",),
                    interfaces=("Tagged",),
                    properties=(
                        Property("age", BaseType.INT),
                        Property("boss", ObjectReference("Person")),
                        Property("friends", ObjectReference("Party"), is_list=True),
                        Property("kind", EnumReference("Kind")),
                        Property("address", StructReference("Address")),
                        Property("bio", BaseType.LANG_STRING, is_list=True),
                        Property("e-mail", BaseType.STRING, texts=Texts(is_deprecated=True)),
                    ),
                ),
                ObjectType(
                    "Employee",
                    parents=("Person",),
                    properties=(
                        Property("salary", BaseType.DECIMAL, is_required=True),
                        Property("score", BaseType.FLOAT),
                        Property("extra", BaseType.ANY),
                    ),
                ),
                ObjectType(
                    "Company",
                    parents=("Party",),
                    interfaces=("Tagged",),
                    properties=(
                        Property("employees", BaseType.LONG),
                        Property("is_listed", BaseType.BOOLEAN, is_required=True),
                        Property("place", BaseType.GEO),
                    ),
                ),
            )
        },
        interfaces={
            "Tagged": Interface(
                "Tagged", properties=(Property("tags", BaseType.STRING, is_list=True),)
            )
        },
        link_types={
            one.id: one
            for one in (
                LinkType("works-for", ("Person",), ("Company",), max_targets=1),
                LinkType("knows", ("Person",), ("Person",)),
                LinkType("about"),
            )
        },
        structs={
            "Address": Struct(
                "Address",
                (
                    Property("street", BaseType.STRING, is_required=True),
                    Property("zip", BaseType.STRING),
                ),
            )
        },
        enums={
            "Kind": EnumType("Kind", (("good", Texts()), ("so-so", Texts()), ("true", Texts())))
        },
    )
