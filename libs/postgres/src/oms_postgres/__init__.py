"""A service's own schema in PostgreSQL."""

from oms_postgres.locks import AdvisoryLocks
from oms_postgres.migrations import Migration, MigrationChanged, migrations_in
from oms_postgres.schema import PostgresSchema
from oms_postgres.settings import PostgresSettings

__all__ = [
    "AdvisoryLocks",
    "Migration",
    "MigrationChanged",
    "PostgresSchema",
    "PostgresSettings",
    "migrations_in",
]
