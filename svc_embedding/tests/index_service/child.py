"""A process that may be killed: the service with a tiny model, on the indexes of a folder."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from oms_security import SecuritySettings
from pydantic import SecretStr

from index_service.server import served


async def main() -> None:
    security = SecuritySettings(jwt_secret=SecretStr(os.environ["JWT_SECRET"]))
    folder = Path(sys.argv[1])
    async with served(
        folder, kernel=sys.argv[2], security=security, postgres=os.environ.get("DATABASE_URL", "")
    ):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main())
