"""Operations: one for each HTTP binding of each method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from openapi_generator.contract import Contract, HttpBinding
from openapi_generator.paths import OpenApiPath, PathParameter, expand
from openapi_generator.rules import is_required
from openapi_generator.schemas import Schemas

_HTTP_BODY = "google.api.HttpBody"
_RDF = ("text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples")
# What the raw bodies of a service are. Those of any other service are JSON.
_FILES = {
    "MaintenanceService": ("application/octet-stream",),
    "TransferService": _RDF,
    "TripleService": ("text/turtle",),
}
_BINARY = {"type": "string", "format": "binary"}


def operations(contract: Contract, schemas: Schemas) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The path, the verb and the operation of every binding, in the order of the protos."""
    for service in contract.services():
        for method in service.methods:
            for index, binding in enumerate(contract.bindings(method)):
                operation = _Operation(contract, schemas, method, binding, expand(binding.template))
                yield operation.path.path, binding.verb, operation.render(index)


class _Operation:
    def __init__(
        self,
        contract: Contract,
        schemas: Schemas,
        method: MethodDescriptor,
        binding: HttpBinding,
        path: OpenApiPath,
    ) -> None:
        self.path = path
        self._contract = contract
        self._schemas = schemas
        self._method = method
        self._binding = binding

    def render(self, index: int) -> dict[str, Any]:
        method = self._method
        service = method.containing_service
        assert service is not None, "a method belongs to a service"
        area = service.full_name.split(".")[1]
        comment = self._contract.comment(method.full_name)
        policy = self._contract.option(method, "oms.common.v1.policy")
        operation: dict[str, Any] = {
            "operationId": f"{area}.{service.name}.{method.name}" + (f".{index}" if index else ""),
            "tags": [tag_of(area, service.name)],
            "summary": _first_sentence(comment),
            "description": self._description(comment, policy),
        }
        parameters = [*self._path_parameters(), *self._query_parameters()]
        if parameters:
            operation["parameters"] = parameters
        body = self._request_body()
        if body:
            operation["requestBody"] = body
        operation["responses"] = {
            "200": self._response(),
            "default": {"$ref": "#/components/responses/Error"},
        }
        if policy is not None and policy.public:
            operation["security"] = []
        return operation

    def _description(self, comment: str, policy: Any | None) -> str:
        parts = [comment]
        if policy is not None and policy.permission:
            parts.append(f"Needs the permission `{policy.permission}`.")
        parts.append(f"gRPC: `{self._method.full_name}`.")
        return "\n\n".join(part for part in parts if part)

    def _path_parameters(self) -> Iterator[dict[str, Any]]:
        for parameter in self.path.parameters:
            yield {
                "name": parameter.name,
                "in": "path",
                "required": True,
                "description": self._path_description(parameter),
                "schema": {"type": "string"},
            }

    def _path_description(self, parameter: PathParameter) -> str:
        field = _field_at(self._method.input_type, parameter.field)
        comment = self._contract.comment(field.full_name)
        text = f"Part of `{parameter.field}`: {comment}" if parameter.pattern != "**" else comment
        return text + (" Slashes in it stay as they are." if parameter.spans_segments else "")

    def _query_parameters(self) -> Iterator[dict[str, Any]]:
        if self._binding.body == "*":
            return
        for field in self._method.input_type.fields:
            if field.name != self._binding.body and field.name not in self.path.fields:
                yield from self._query(field, prefix="")

    def _query(self, field: FieldDescriptor, prefix: str) -> Iterator[dict[str, Any]]:
        name = prefix + field.json_name
        if field.message_type is not None and not self._schemas.is_one_value(field):
            for nested in field.message_type.fields:
                yield from self._query(nested, prefix=f"{name}.")
            return
        schema = self._schemas.field(field)
        description = schema.pop("description", "")
        parameter: dict[str, Any] = {"name": name, "in": "query", "description": description}
        if not prefix and is_required(field, self._contract.option(field, "buf.validate.field")):
            parameter["required"] = True
        parameter["schema"] = schema
        if field.is_repeated:
            parameter |= {"style": "form", "explode": True}
        yield parameter

    def _request_body(self) -> dict[str, Any] | None:
        if not self._binding.body:
            return None
        if self._binding.body == "*":
            return _json_body(self._whole_body(), is_required=True)
        field = self._method.input_type.fields_by_name[self._binding.body]
        if field.message_type is not None and field.message_type.full_name == _HTTP_BODY:
            description = self._contract.comment(field.full_name)
            return {"required": True, "description": description, "content": self._raw()}
        rules = self._contract.option(field, "buf.validate.field")
        return _json_body(self._schemas.field(field), is_required=is_required(field, rules))

    def _whole_body(self) -> dict[str, Any]:
        # The fields that the path sets have no place in the body.
        if self.path.fields:
            return self._schemas.inline(self._method.input_type, without=self.path.fields)
        return self._schemas.message(self._method.input_type)

    def _raw(self) -> dict[str, Any]:
        """What a body may be that is sent as it is: any JSON, or a file."""
        service = self._method.containing_service.name
        kinds = _FILES.get(service)
        if kinds is None:
            return {"application/json": {"schema": {}}}
        return {kind: {"schema": dict(_BINARY)} for kind in kinds}

    def _response(self) -> dict[str, Any]:
        output = self._method.output_type
        field = output.fields_by_name.get(self._binding.response_body)
        description = self._contract.comment(output.full_name) or "The answer."
        if field is not None and field.message_type is not None:
            return {"description": description, "content": self._raw()}
        schema = self._schemas.message(output)
        if self._method.server_streaming:
            schema = {"type": "array", "items": schema}
            description += (
                " A stream, sent as a JSON array whose elements arrive as they come about. An error"
                " after the first element ends the array early without saying so; gRPC says so."
            )
        return {"description": description, "content": {"application/json": {"schema": schema}}}


def tag_of(area: str, service: str) -> str:
    """The tag of a service, such as `ontology: Branch`."""
    return f"{area}: {service.removesuffix('Service')}"


def _json_body(schema: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    return {"required": is_required, "content": {"application/json": {"schema": schema}}}


def _field_at(message: Descriptor, path: str) -> FieldDescriptor:
    first, _, rest = path.partition(".")
    field = message.fields_by_name[first]
    if not rest:
        return field
    assert field.message_type is not None, "buf checks the paths of HTTP rules"
    return _field_at(field.message_type, rest)


def _first_sentence(comment: str) -> str:
    return comment.partition(". ")[0].partition("\n")[0].rstrip(".")
