"""Calls of `oms.embedding.v1.ModelService`. Generated from its proto."""

from __future__ import annotations

from typing import Any, Final

from oms.embedding.v1 import model_service_pb2 as embedding_model_service_pb2
from oms_client.aio_calls import AsyncCalls
from oms_client.calls import Calls
from oms_client.methods import Method
from oms_client.paging import AsyncPaged, Paged

__all__ = ["AsyncModels", "Models"]

_GET: Final = Method(
    "/oms.embedding.v1.ModelService/GetModel",
    embedding_model_service_pb2.GetModelRequest,
    embedding_model_service_pb2.GetModelResponse,
    is_read_only=True,
)
_LIST: Final = Method(
    "/oms.embedding.v1.ModelService/ListModels",
    embedding_model_service_pb2.ListModelsRequest,
    embedding_model_service_pb2.ListModelsResponse,
    is_read_only=True,
    items="models",
)
_LOAD: Final = Method(
    "/oms.embedding.v1.ModelService/LoadModel",
    embedding_model_service_pb2.LoadModelRequest,
    embedding_model_service_pb2.LoadModelResponse,
)
_UNLOAD: Final = Method(
    "/oms.embedding.v1.ModelService/UnloadModel",
    embedding_model_service_pb2.UnloadModelRequest,
    embedding_model_service_pb2.UnloadModelResponse,
)


class Models:
    """The models that the server is configured with: local ones that it runs itself, and those of
    other providers.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get(
        self,
        given: embedding_model_service_pb2.GetModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.GetModelResponse:
        """Gets a model. NOT_FOUND when it is not configured.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: embedding_model_service_pb2.ListModelsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        capability: embedding_model_service_pb2.ModelCapability | str | None = None,
        timeout_s: float | None = None,
    ) -> Paged[embedding_model_service_pb2.Model, embedding_model_service_pb2.ListModelsResponse]:
        """Lists the models by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: At most this many, 1 to 1,000; 0: 100.
            capability: Only models that can do this.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "capability": capability,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    def load(
        self,
        given: embedding_model_service_pb2.LoadModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.LoadModelResponse:
        """Loads a local model and warms it up; answers when it is ready. A loaded one is answered
        as it is. FAILED_PRECONDITION with MODEL_UNUSABLE: its files are missing, cut, or do not
        have the pinned hash, or the device that was asked for does not give what the CPU does;
        `file`, `why`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_LOAD, given, timeout_s, fields)

    def unload(
        self,
        given: embedding_model_service_pb2.UnloadModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.UnloadModelResponse:
        """Ends a local model's sessions when the calls under way are answered, and frees its
        memory. The next call that names it loads it again.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return self._calls.unary(_UNLOAD, given, timeout_s, fields)


class AsyncModels:
    """The models that the server is configured with: local ones that it runs itself, and those of
    other providers.
    """

    def __init__(self, calls: AsyncCalls) -> None:
        self._calls = calls

    async def get(
        self,
        given: embedding_model_service_pb2.GetModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.GetModelResponse:
        """Gets a model. NOT_FOUND when it is not configured.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_GET, given, timeout_s, fields)

    def list(
        self,
        given: embedding_model_service_pb2.ListModelsRequest | None = None,
        /,
        *,
        page_size: int = 0,
        capability: embedding_model_service_pb2.ModelCapability | str | None = None,
        timeout_s: float | None = None,
    ) -> AsyncPaged[embedding_model_service_pb2.Model, embedding_model_service_pb2.ListModelsResponse]:
        """Lists the models by id.

        Args:
            given: The request as a message; what the others set is put on top.
            page_size: At most this many, 1 to 1,000; 0: 100.
            capability: Only models that can do this.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "page_size": page_size,
            "capability": capability,
        }
        return self._calls.paged(_LIST, given, timeout_s, fields)

    async def load(
        self,
        given: embedding_model_service_pb2.LoadModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.LoadModelResponse:
        """Loads a local model and warms it up; answers when it is ready. A loaded one is answered
        as it is. FAILED_PRECONDITION with MODEL_UNUSABLE: its files are missing, cut, or do not
        have the pinned hash, or the device that was asked for does not give what the CPU does;
        `file`, `why`.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_LOAD, given, timeout_s, fields)

    async def unload(
        self,
        given: embedding_model_service_pb2.UnloadModelRequest | None = None,
        /,
        *,
        name: str = "",
        timeout_s: float | None = None,
    ) -> embedding_model_service_pb2.UnloadModelResponse:
        """Ends a local model's sessions when the calls under way are answered, and frees its
        memory. The next call that names it loads it again.

        Args:
            given: The request as a message; what the others set is put on top.
            name: `models/{model}`.
            timeout_s: Deadline in seconds; the client's own by default.
        """
        fields: dict[str, Any] = {
            "name": name,
        }
        return await self._calls.unary(_UNLOAD, given, timeout_s, fields)
