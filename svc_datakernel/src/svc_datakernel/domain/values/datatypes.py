"""The datatypes there are, and which is a kind of which."""

from __future__ import annotations

from typing import Final

_TREE: Final = """
rdfs:Literal: rdf:langString rdf:XMLLiteral rdf:PlainLiteral xsd:anySimpleType
xsd:anySimpleType: xsd:string xsd:decimal xsd:NOTATION xsd:QName xsd:double xsd:float xsd:boolean
xsd:anySimpleType: xsd:base64Binary xsd:hexBinary xsd:date xsd:time xsd:dateTime xsd:gYear
xsd:anySimpleType: xsd:gYearMonth xsd:gMonth xsd:gMonthDay xsd:gDay xsd:duration
xsd:anySimpleType: xdd:coordinate xdd:coordinatePolygon xdd:coordinatePolyline xdd:dateRange
xsd:anySimpleType: xdd:dateTimeInterval xdd:gYearRange xdd:integerRange xdd:decimalRange
xsd:dateTime: xsd:dateTimeStamp
xsd:string: xsd:anyURI xsd:normalizedString xdd:url xdd:email xdd:json xdd:html
xsd:normalizedString: xsd:token
xsd:token: xsd:language xsd:NMTOKEN xsd:Name
xsd:Name: xsd:NCName
xsd:NCName: xsd:ID xsd:IDREF xsd:ENTITY
xsd:decimal: xsd:integer
xsd:integer: xsd:nonPositiveInteger xsd:long xsd:nonNegativeInteger
xsd:nonPositiveInteger: xsd:negativeInteger
xsd:long: xsd:int
xsd:int: xsd:short
xsd:short: xsd:byte
xsd:nonNegativeInteger: xsd:unsignedLong xsd:positiveInteger
xsd:unsignedLong: xsd:unsignedInt
xsd:unsignedInt: xsd:unsignedShort
xsd:unsignedShort: xsd:unsignedByte
xsd:duration: xsd:dayTimeDuration xsd:yearMonthDuration
"""

PARENTS: Final[dict[str, str]] = {
    child: line.partition(": ")[0]
    for line in _TREE.strip().splitlines()
    for child in line.partition(": ")[2].split()
}
DATATYPES: Final = frozenset(PARENTS) | {"rdfs:Literal"}


def is_kind_of(datatype: str, other: str) -> bool:
    """Whether every value of a datatype is one of the other."""
    at: str | None = datatype
    while at is not None:
        if at == other:
            return True
        at = PARENTS.get(at)
    return False
