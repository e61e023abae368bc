"""The expanded form: how a document of a graph database is stored.

A JSON object that says by itself what every value is, so that triples follow from
it without the schema, and old values keep their types when the schema changes. Ids
and types are compact IRIs (see `terms.py`); the document's own id and class are not
in the object but beside it.

    member        a property; the key is its name in the schema (`name`, meaning `@schema:name`)
                  or, where it has a colon, a compact IRI
    "text"        an xsd:string
    17            an xsd:integer       1.5   an xsd:decimal       true   an xsd:boolean
    {"@type": "xsd:date", "@value": "2024-01-02"}   any other literal, the canonical lexical form
                  as a string; `"@language"` beside an rdf:langString
    {"@id": "Person/bob"}                           a reference; an enum's value is
                                                    {"@id": "@schema:Color/red"}
    {"@id": "Person/a/home/Address/x", "@type": "Address", "street": …}   a subdocument
    [ … ]         several values of one property: a Set. Without repetition, ordered by their
                  canonical JSON. A single value stands alone, an empty set is left out.
    {"@list": [ … ]}                                a List, in order
    {"@array": [ … ]}                               an Array, nested for more dimensions, null for a gap
    {"@json": … }                                   a sys:JSON value
    {"@unit": []}                                   a sys:Unit

A document inserted with `raw_json` has the class `sys:JSONDocument` and the member `@json` alone.
"""
