"""Run by the code of an earlier commit: serves a suite with a little of everything that it knows.

    python write_data.py FOLDER

Prints `ready` when all is written, and stops when its input ends. See `make.py`.
"""

import asyncio
import importlib
import os
import sys
from pathlib import Path

import grpc
import grpc.aio
from oms_monolith.launch import launched

SECRET = "a secret of the fixtures of tests/upgrade alone, which protects nothing"


def _messages(area, name):
    try:
        pb = importlib.import_module(f"oms.{area}.v1.{name}_pb2")
        return pb, importlib.import_module(f"oms.{area}.v1.{name}_pb2_grpc")
    except ModuleNotFoundError:
        return None, None


async def _ontology(channel):
    ontologies, stubs = _messages("ontology", "ontology_service")
    await stubs.OntologyServiceStub(channel).CreateOntology(
        ontologies.CreateOntologyRequest(ontology_id="shop")
    )
    types, stubs = _messages("ontology", "object_type_service")
    branches, branch_stubs = _messages("ontology", "branch_service")
    service = stubs.ObjectTypeServiceStub(channel)
    for name, parents in (("Customer", []), ("Order", []), ("GoldCustomer", ["Customer"])):
        await service.CreateObjectType(
            types.CreateObjectTypeRequest(
                parent="ontologies/shop",
                object_type_id=name,
                object_type=types.ObjectType(
                    labels=[{"language": "en", "text": name}], parents=parents
                ),
            )
        )
    await branch_stubs.BranchServiceStub(channel).CreateBranch(
        branches.CreateBranchRequest(parent="ontologies/shop", branch_id="loyalty")
    )
    await service.CreateObjectType(
        types.CreateObjectTypeRequest(
            parent="ontologies/shop",
            object_type_id="Voucher",
            object_type=types.ObjectType(parents=["Order"]),
            branch="loyalty",
        )
    )


async def _documents(channel):
    databases, stubs = _messages("datakernel", "database_service")
    await stubs.DatabaseServiceStub(channel).CreateDatabase(
        databases.CreateDatabaseRequest(database_id="plain")
    )
    commits, stubs = _messages("datakernel", "commit_service")
    for number in range(12):
        write = commits.DocumentWrite(
            document_id=f"Thing/{number % 5}", type="Thing", json=b'{"n":%d}' % number
        )
        await stubs.CommitServiceStub(channel).CreateCommit(
            commits.CreateCommitRequest(
                parent="databases/plain/branches/main",
                operations=[commits.DocumentOperation(upsert=write)],
                message=f"number {number}",
            )
        )


async def _events(channel):
    subscriptions, stubs = _messages("event", "subscription_service")
    if subscriptions is not None:
        await stubs.SubscriptionServiceStub(channel).CreateSubscription(
            subscriptions.CreateSubscriptionRequest(subscription_id="reader")
        )
    events, stubs = _messages("event", "event_service")
    if events is None:
        return
    # The relay is not waited for by anything else.
    async with asyncio.timeout(60):
        while True:
            request = events.ListEventsRequest(type="oms.datakernel.commit.created.v1")
            found = await stubs.EventServiceStub(channel).ListEvents(request)
            if len(found.events) >= 12:
                return
            await asyncio.sleep(0.1)


async def main(folder):
    # The services are processes of their own, of the same code.
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME")}
    environment["JWT_SECRET"] = SECRET
    async with launched(folder, environment=environment, is_durable=False) as suite:
        token = suite.secrets.token()
        async with grpc.aio.insecure_channel(
            suite.grpc_target, interceptors=[_Token(token), _TokenOfStreams(token)]
        ) as channel:
            for write in (_ontology, _documents, _events):
                try:
                    await write(channel)
                except grpc.aio.AioRpcError as exc:
                    # The contract came before the service.
                    if exc.code() is not grpc.StatusCode.UNIMPLEMENTED:
                        raise
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


class _Token(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, token):
        self._metadata = ("authorization", f"Bearer {token}")

    async def intercept_unary_unary(self, continuation, details, request):
        return await continuation(_with(details, self._metadata), request)


class _TokenOfStreams(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, token):
        self._metadata = ("authorization", f"Bearer {token}")

    async def intercept_unary_stream(self, continuation, details, request):
        return await continuation(_with(details, self._metadata), request)


def _with(details, item):
    metadata = grpc.aio.Metadata(*(details.metadata or ()), item)
    return details._replace(metadata=metadata)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
