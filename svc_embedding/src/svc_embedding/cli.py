"""`oms-embedding`: work with the files of local models."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from oms_core.errors import OmsError

from svc_embedding.domain.local_model import LocalModelConfig, Precision, id_of_source

if TYPE_CHECKING:
    from svc_embedding.adapters.onnx.exporting import Exported


@click.group()
def main() -> None:
    """Works with the files of local embedding models."""


@main.command()
@click.argument("source")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--precision",
    type=click.Choice([each.value for each in Precision]),
    default=Precision.FLOAT32.value,
    show_default=True,
    help="Numbers of the weights.",
)
@click.option("--revision", default="", help="Commit, tag or branch at the hub.")
@click.option("--digest", default="", help="SHA-256 that the source's weights have to have.")
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    default=Path("data/embedding/hub"),
    show_default=True,
    help="Folder for downloads.",
)
def export(
    *, source: str, folder: Path, precision: str, revision: str, digest: str, cache: Path
) -> None:
    """Writes the model SOURCE into FOLDER as an optimised ONNX graph.

    SOURCE is `all-MiniLM-L6-v2`, a folder as an absolute path or with `./` before it, or a name
    at the hub. OMS_EMBEDDING_MODEL takes FOLDER afterwards.
    """
    config = LocalModelConfig(
        id=id_of_source(source),
        source=source,
        revision=revision,
        digest=digest,
        precision=Precision(precision),
    )
    exporting: Any = importlib.import_module("svc_embedding.adapters.onnx.exporting")
    try:
        made: Exported = exporting.export(config, folder, cache=cache)
    except OmsError as exc:
        raise click.ClickException(exc.message) from exc
    except FileExistsError as exc:
        raise click.ClickException(f"{folder} exists; name another folder") from exc
    click.echo(f"folder  {made.folder}")
    click.echo(f"sha256  {made.digest}")
    click.echo(f"size    {made.size_bytes / 1e6:.1f} MB")
    click.echo(f"cosine  {made.cosine:.5f} at least, to the source's vectors")


if __name__ == "__main__":
    main()
