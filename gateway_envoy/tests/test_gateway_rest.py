"""REST through a real Envoy to a real server."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

# Defined in conftest.py, which is not importable by name.
Gateway = Any
MIB = 2**20
pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPES = "/v1/ontologies/brick/objectTypes"


def reason(answer: httpx.Response) -> str:
    """The reason of an error, which has to have the form of every error of OMS."""
    assert answer.headers["content-type"].startswith("application/json"), answer.text
    body: dict[str, Any] = answer.json()
    assert body["message"]
    assert isinstance(body["code"], int)
    [info] = [d for d in body["details"] if d["@type"].endswith("/google.rpc.ErrorInfo")]
    assert info["domain"] == "oms"
    return info["reason"]


async def test_get_fills_path_and_nested_query_parameters(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Zone", params={"revision.branch": "dev"})
    assert answer.status_code == 200
    assert answer.json()["objectType"]["name"] == "ontologies/brick/objectTypes/Zone"
    [request] = gateway.seen.requests
    assert request.revision.branch == "dev"


async def test_answer_holds_every_field_in_camel_case(gateway: Gateway) -> None:
    async with gateway.client() as http:
        body = (await http.get(f"{TYPES}/Zone")).json()
    assert body["commitId"] == "c"
    assert body["objectType"]["isAbstract"] is False
    assert body["objectType"]["labels"] == []
    assert body["objectType"]["status"] == "LIFECYCLE_STATUS_UNSPECIFIED"
    assert "createTime" not in body["objectType"]


@pytest.mark.parametrize("name", ["pageSize", "page_size"])
async def test_query_parameter_is_known_by_both_of_its_names(gateway: Gateway, name: str) -> None:
    async with gateway.client() as http:
        await http.get(TYPES, params={name: 2})
    assert gateway.seen.requests[0].page_size == 2


async def test_post_puts_body_and_query_into_one_request(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.post(
            TYPES, params={"objectTypeId": "Zone", "branch": "dev"}, json={"isAbstract": True}
        )
    assert answer.status_code == 200
    [request] = gateway.seen.requests
    assert (request.parent, request.object_type_id) == ("ontologies/brick", "Zone")
    assert (request.branch, request.object_type.is_abstract) == ("dev", True)


async def test_update_mask_in_camel_case_names_the_proto_fields(gateway: Gateway) -> None:
    async with gateway.client() as http:
        await http.patch(f"{TYPES}/Zone", params={"updateMask": "labels,isAbstract"}, json={})
    [request] = gateway.seen.requests
    assert list(request.update_mask.paths) == ["labels", "is_abstract"]


async def test_body_may_repeat_the_name_of_the_path(gateway: Gateway) -> None:
    async with gateway.client() as http:
        body = {"name": "ontologies/brick/objectTypes/Zone"}
        assert (await http.patch(f"{TYPES}/Zone", json=body)).status_code == 200


async def test_body_that_names_another_resource_than_the_path_is_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        body = {"name": "ontologies/brick/objectTypes/Other"}
        answer = await http.patch(f"{TYPES}/Zone", json=body)
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")
    assert gateway.seen.requests == []


async def test_unknown_member_of_a_body_is_ignored(gateway: Gateway) -> None:
    # Envoy has no option to refuse it; the API's description says so.
    async with gateway.client() as http:
        answer = await http.post(TYPES, params={"objectTypeId": "Z"}, json={"nonsense": 1})
    assert answer.status_code == 200


async def test_unknown_query_parameter_is_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Zone", params={"bogus": "1"})
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")
    assert "bogus" in answer.json()["message"]


async def test_query_parameter_of_the_wrong_type_is_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(TYPES, params={"pageSize": "many"})
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")


@pytest.mark.parametrize("body", ["{", '{"isAbstract": 1', "no json", '{"isAbstract": "perhaps"}'])
async def test_malformed_json_is_refused(gateway: Gateway, body: str) -> None:
    async with gateway.client() as http:
        answer = await http.post(TYPES, params={"objectTypeId": "Zone"}, content=body)
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")
    assert gateway.seen.requests == []


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/v1/nothing"),
        ("GET", "/nothing"),
        ("GET", "/"),
        ("PUT", f"{TYPES}/Zone"),
        ("DELETE", TYPES),
        ("POST", "/docs"),
        ("POST", "/oms.ontology.v1.ObjectTypeService/GetObjectType"),
    ],
)
async def test_unknown_path_or_method_is_not_found(gateway: Gateway, verb: str, path: str) -> None:
    async with gateway.client() as http:
        answer = await http.request(verb, path)
    assert (answer.status_code, reason(answer)) == (404, "UNIMPLEMENTED")


async def test_error_of_the_service_shows_all_its_details(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Missing")
    assert (answer.status_code, reason(answer)) == (404, "RESOURCE_NOT_FOUND")
    assert answer.json()["code"] == 5
    assert answer.json()["details"][0]["metadata"]["resource_type"] == "ObjectType"


async def test_broken_field_rule_names_the_field(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/v1/ontologies/BRICK/objectTypes/Zone")
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")
    [bad] = [d for d in answer.json()["details"] if d["@type"].endswith("BadRequest")]
    assert bad["fieldViolations"][0]["field"] == "name"


async def test_missing_token_is_unauthenticated(gateway: Gateway) -> None:
    async with gateway.client(token="") as http:
        answer = await http.get(f"{TYPES}/Zone")
    assert (answer.status_code, reason(answer)) == (401, "TOKEN_MISSING")


async def test_missing_permission_is_forbidden(gateway: Gateway) -> None:
    async with gateway.client(token=gateway.viewer_token) as http:
        answer = await http.post(TYPES, params={"objectTypeId": "Zone"}, json={})
    assert (answer.status_code, reason(answer)) == (403, "PERMISSION_DENIED")


async def test_stale_head_is_a_conflict(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.delete(f"{TYPES}/Zone", params={"expectedHead": "a" * 64})
    assert (answer.status_code, reason(answer)) == (409, "STALE_HEAD")


async def test_call_that_takes_too_long_ends_with_a_deadline(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Slow")
    assert (answer.status_code, reason(answer)) == (504, "DEADLINE_EXCEEDED")
    await asyncio.wait_for(gateway.seen.cancelled.wait(), 60)


async def test_service_that_is_down_is_unavailable(gateway: Gateway) -> None:
    async with gateway.client("events") as http:
        answer = await http.get("/health")
    assert (answer.status_code, reason(answer)) == (503, "SERVICE_UNAVAILABLE")


async def test_body_above_the_limit_is_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        body = {"message": "x" * (2 * MIB)}
        answer = await http.post("/v1/databases/d/branches/main/commits", json=body)
    assert (answer.status_code, reason(answer)) == (413, "LIMIT_EXCEEDED")
    assert gateway.seen.requests == []


async def test_headers_above_the_limit_are_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Zone", headers={"x-large": "x" * 20_000})
    assert (answer.status_code, reason(answer)) == (431, "LIMIT_EXCEEDED")


async def test_header_with_an_underscore_is_refused(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Zone", headers={"x_request_id": "1"})
    assert answer.status_code == 400


async def test_upload_reaches_the_service_while_it_is_still_being_sent(gateway: Gateway) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"x" * MIB
        await asyncio.wait_for(gateway.seen.first_part.wait(), 60)
        for _ in range(63):
            yield b"x" * MIB

    async with gateway.client() as http:
        answer = await http.post(
            "/v1/ontologies/brick:import",
            params={"mode": "IMPORT_MODE_UPSERT"},
            content=parts(),
            headers={"content-type": "text/turtle"},
        )
    assert answer.json()["statementCount"] == str(64 * MIB)
    [first] = gateway.seen.requests
    assert (first.name, first.mode) == ("ontologies/brick", 2)
    assert first.body.content_type == "text/turtle"


async def test_download_is_the_file_itself(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/v1/ontologies/brick:export")
    assert answer.headers["content-type"] == "text/turtle"
    assert answer.content == b"a" * MIB + b"b" * MIB + b"c" * MIB


async def test_download_that_fails_at_once_is_an_error(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/v1/ontologies/missing:export")
    assert (answer.status_code, reason(answer)) == (404, "RESOURCE_NOT_FOUND")


async def test_stream_is_a_json_array_with_64_bit_integers_as_text(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/v1/databases/d/commits:watch")
    assert [part["commit"]["sequence"] for part in answer.json()] == ["0", "1", "2"]


async def test_stream_sends_each_element_at_once_and_ends_with_its_client(
    gateway: Gateway,
) -> None:
    received = b""
    async with (
        gateway.client() as http,
        http.stream("GET", "/v1/databases/d/commits:watch?branch=endless") as answer,
    ):
        # Longer than the limit of other calls: the stream has none.
        async for chunk in answer.aiter_bytes():
            received += chunk
            if received.count(b'"sequence"') == 3:
                break
        assert not gateway.seen.cancelled.is_set()
    await asyncio.wait_for(gateway.seen.cancelled.wait(), 60)


@pytest.mark.parametrize(
    ("path", "document_id"),
    [
        ("ObjectType/Zone", "ObjectType/Zone"),
        ("ObjectType/Zo%20ne", "ObjectType/Zo ne"),
        ("ObjectType/Zo%3Fne%23", "ObjectType/Zo?ne#"),
        ("a%3Aquery", "a:query"),
        ("%C3%A9", "é"),
        ("a%2Fb", "a%2Fb"),
    ],
)
async def test_id_in_a_path_is_decoded_but_for_slashes(
    gateway: Gateway, path: str, document_id: str
) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"/v1/databases/d/documents/{path}")
    document = answer.json()["document"]
    assert document["documentId"] == document_id
    assert base64.b64decode(document["json"]) == b'{"a":1}'


async def test_encoded_slash_does_not_reach_another_resource(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/v1/ontologies/brick%2F..%2Fother/objectTypes/Zone")
    assert (answer.status_code, reason(answer)) == (400, "INVALID_FIELD")


async def test_plus_in_a_query_is_a_space(gateway: Gateway) -> None:
    async with gateway.client() as http:
        await http.post(f"{TYPES}?objectTypeId=Zone&message=a+b%2Bc", json={})
    assert gateway.seen.requests[0].message == "a b+c"


async def test_request_id_passes_through_and_comes_back(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answers = [
            await http.get(f"{TYPES}/{name}", headers={"x-request-id": "mine-1"})
            for name in ("Zone", "Missing")
        ]
    assert [m["x-request-id"] for m in gateway.seen.metadata] == ["mine-1", "mine-1"]
    assert [a.headers.get_list("x-request-id") for a in answers] == [["mine-1"], ["mine-1"]]


async def test_request_without_an_id_gets_one(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get("/nothing")
    assert len(answer.headers["x-request-id"]) == 36


async def test_answer_names_no_server_and_no_time_of_the_service(gateway: Gateway) -> None:
    async with gateway.client() as http:
        answer = await http.get(f"{TYPES}/Zone")
    assert "server" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("x-envoy")]


async def test_large_json_is_compressed_on_request(gateway: Gateway) -> None:
    async with gateway.client() as http:
        packed = await http.get(TYPES, params={"pageSize": 1000})
        plain = await http.get(
            TYPES, params={"pageSize": 1000}, headers={"accept-encoding": "identity"}
        )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert packed.num_bytes_downloaded < plain.num_bytes_downloaded / 10


def preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,content-type",
    }


async def test_preflight_of_an_allowed_origin_is_answered_without_a_token(
    gateway: Gateway,
) -> None:
    async with gateway.client(token="") as http:
        answer = await http.options(f"{TYPES}/Zone", headers=preflight("https://app.example.com"))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"]


async def test_errors_and_answers_are_readable_for_an_allowed_origin(gateway: Gateway) -> None:
    async with gateway.client() as http:
        for path in (f"{TYPES}/Zone", f"{TYPES}/Missing", f"{TYPES}?bogus=1", "/nothing"):
            answer = await http.get(path, headers={"origin": "https://app.example.com"})
            assert answer.headers["access-control-allow-origin"] == "https://app.example.com"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:5173", "null"])
async def test_other_origins_get_no_permission(gateway: Gateway, origin: str) -> None:
    async with gateway.client() as http:
        answers = [
            await http.options(f"{TYPES}/Zone", headers=preflight(origin)),
            await http.get(f"{TYPES}/Zone", headers={"origin": origin}),
        ]
    assert not [a for a in answers if "access-control-allow-origin" in a.headers]


@pytest.mark.parametrize("service", ["api", "datakernel"])
@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_health_answers_on_every_listener_without_a_token(
    gateway: Gateway, service: str, path: str
) -> None:
    async with gateway.client(service, token="") as http:
        answer = await http.get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "HEALTH_STATUS_SERVING")


@pytest.mark.parametrize("service", ["api", "datakernel"])
async def test_detailed_health_needs_a_token(gateway: Gateway, service: str) -> None:
    async with gateway.client(service, token="") as http:
        assert (await http.get("/health/detailed")).status_code == 401
    async with gateway.client(service) as http:
        answer = await http.get("/health/detailed")
    assert answer.status_code == 200
    assert answer.json()["components"]


async def test_listener_of_a_service_shows_that_service_only(gateway: Gateway) -> None:
    async with gateway.client("datakernel") as http:
        own = await http.get("/v1/databases/d/documents/a")
        other = await http.get(f"{TYPES}/Zone")
    assert (own.status_code, other.status_code) == (200, 404)


@pytest.mark.parametrize("service", ["api", "datakernel"])
async def test_description_and_its_page_are_served(gateway: Gateway, service: str) -> None:
    async with gateway.client(service, token="") as http:
        description = await http.get("/openapi.json")
        page = await http.get("/docs")
    assert description.headers["content-type"] == "application/json"
    assert TYPES.replace("brick", "{ontology}") in description.json()["paths"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "https://" not in page.text
