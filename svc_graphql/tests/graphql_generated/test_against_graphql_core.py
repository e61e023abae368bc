"""What is planned and written column by column is what graphql-core answers, byte for byte."""

from __future__ import annotations

import asyncio
from random import Random

from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st
from svc_graphql.domain.execution import executor
from svc_graphql.domain.generated.compiler import generate

from graphql_generated import naive
from graphql_generated.querying import Operations, random_objects
from graphql_generated.shop import shop

GENERATED = generate(shop())
_OPERATIONS_EACH = 4
_DATA_EACH = 3


@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.0, 0.02]))
def test_random_operations_are_answered_as_by_graphql_core(seed: int, irregular: float) -> None:
    asyncio.run(_compare(Random(seed), irregular))


async def _compare(random: Random, irregular: float) -> None:
    for _ in range(_OPERATIONS_EACH):
        document = parse(Operations(GENERATED.schema, random).write())
        if validate(GENERATED.schema, document):
            continue
        prepared = executor.prepare(document, None)
        for _ in range(_DATA_EACH):
            objects = random_objects(GENERATED.ontology, random, irregular=irregular)
            variables = {"yes": random.random() < 0.7, "first": random.choice([None, 2])}
            expected = naive.run(GENERATED, document, variables, objects)
            answer = await executor.execute(
                GENERATED, prepared, variables, objects=objects, max_rows=10**6
            )
            assert answer.body == expected
