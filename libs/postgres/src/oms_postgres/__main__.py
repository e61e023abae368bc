"""`python -m oms_postgres SCHEMA PACKAGE`: brings a schema up to date, as its service would do.

For a job that runs before a new version of a service is rolled out. PACKAGE holds the migrations,
such as `svc_events.adapters.postgres.migrations`. DATABASE_URL says where.
"""

from __future__ import annotations

import asyncio
import sys

from oms_core.errors import OmsError
from oms_core.logging import configure_logging

from oms_postgres.migrations import MigrationChanged, migrations_in
from oms_postgres.schema import PostgresSchema
from oms_postgres.settings import PostgresSettings


async def migrate(name: str, package: str) -> int:
    """Migrates, if need be; 1 if PostgreSQL does not answer or the schema is a newer one."""
    schema = PostgresSchema(PostgresSettings(), name, migrations_in(package))
    try:
        await schema.check()
    except (OmsError, MigrationChanged) as exc:
        sys.stderr.write(f"{name} was not migrated: {exc}\n")
        return 1
    finally:
        await schema.close()
    return 0


if __name__ == "__main__":
    configure_logging("INFO")
    sys.exit(asyncio.run(migrate(*sys.argv[1:3])))
