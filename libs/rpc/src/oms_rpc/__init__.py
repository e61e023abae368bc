"""gRPC for OMS: servers, channels to peers, and the chain that every call passes."""

from oms_rpc.audit import AuditRecord, AuditSink, LogAuditSink
from oms_rpc.authentication import Authenticator
from oms_rpc.credentials import CallersOwnToken, CredentialForwarder
from oms_rpc.health import ReadyCheck
from oms_rpc.process import Process, RunningServer, run, serving
from oms_rpc.service import Service, ServiceContext
from oms_rpc.settings import ServerSettings
from oms_rpc.topology import SERVICES, ServiceEntry, Topology, TopologySettings, UnknownService

__all__ = [
    "SERVICES",
    "AuditRecord",
    "AuditSink",
    "Authenticator",
    "CallersOwnToken",
    "CredentialForwarder",
    "LogAuditSink",
    "Process",
    "ReadyCheck",
    "RunningServer",
    "ServerSettings",
    "Service",
    "ServiceContext",
    "ServiceEntry",
    "Topology",
    "TopologySettings",
    "UnknownService",
    "run",
    "serving",
]
