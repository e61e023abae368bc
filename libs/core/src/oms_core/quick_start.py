"""For a `__main__` to import before anything else: what only costs time while modules are imported.

`oms_rpc.run` collects garbage again once the server is ready.
"""

from __future__ import annotations

import gc
import os

# Modules make many objects and no garbage. Looking for it is a sixth of the time of their import.
gc.disable()

# Without it pydantic reads the metadata of every installed package, in search of plugins.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
