"""The operators that have only values, with the members that hold them.

In the order in which their variables count as met. A name with `?` may be left out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

FIELDS: Final = MappingProxyType(
    {
        "Equals": ("left", "right"),
        "Less": ("left", "right"),
        "Greater": ("left", "right"),
        "Gte": ("left", "right"),
        "Lte": ("left", "right"),
        "InRange": ("value", "start", "end"),
        "Sequence": ("value", "start", "end", "step?", "count?"),
        "Interval": ("start", "end", "interval"),
        "IntervalStartDuration": ("start", "duration", "interval"),
        "IntervalDurationEnd": ("duration", "end", "interval"),
        "IntervalRelation": ("relation", "x_start", "x_end", "y_start", "y_end"),
        "IntervalRelationTyped": ("relation", "x", "y"),
        "DayAfter": ("date", "next"),
        "DayBefore": ("date", "previous"),
        "MonthStartDate": ("year_month", "date"),
        "MonthEndDate": ("year_month", "date"),
        "MonthStartDates": ("date", "start", "end"),
        "MonthEndDates": ("date", "start", "end"),
        "Weekday": ("date", "weekday"),
        "WeekdaySundayStart": ("date", "weekday"),
        "IsoWeek": ("date", "year", "week"),
        "DateDuration": ("start", "end", "duration"),
        "Substring": ("string", "before", "length", "after", "substring"),
        "Trim": ("untrimmed", "trimmed"),
        "Like": ("left", "right", "similarity"),
        "Upper": ("mixed", "upper"),
        "Lower": ("mixed", "lower"),
        "Pad": ("string", "char", "times", "result"),
        "Split": ("string", "pattern", "list"),
        "Concatenate": ("list", "result"),
        "Join": ("list", "separator", "result"),
        "Regexp": ("pattern", "string", "result"),
        "Member": ("member", "list"),
        "SetDifference": ("list_a", "list_b", "result"),
        "SetIntersection": ("list_a", "list_b", "result"),
        "SetUnion": ("list_a", "list_b", "result"),
        "SetMember": ("element", "set"),
        "ListToSet": ("list", "set"),
        "Sum": ("list", "result"),
        "RangeMin": ("list", "result"),
        "RangeMax": ("list", "result"),
        "Slice": ("list", "result", "start", "end?"),
        "Length": ("list", "length"),
        "Dot": ("document", "value", "field"),
        "LexicalKey": ("base", "key_list", "uri"),
        "HashKey": ("base", "key_list", "uri"),
        "RandomKey": ("base", "uri"),
        "Typecast": ("value", "type", "result"),
        "TypeOf": ("value", "type"),
        "IsA": ("element", "type"),
        "Subsumption": ("child", "parent"),
    }
)
REFUSED: Final = MappingProxyType(
    {
        "Get": "a query reads the graph alone, no files or addresses",
        "Put": "a query writes to the graph alone, no files",
        "Call": "the database has no library of named queries",
        "UpdateObject": "use UpdateDocument",
    }
)
