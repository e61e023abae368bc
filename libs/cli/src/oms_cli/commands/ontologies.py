"""Ontologies as wholes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import click
from oms.common.v1.revision_pb2 import Revision
from oms.ontology.v1 import ontology_service_pb2 as pb
from oms.ontology.v1.element_pb2 import LocalizedText
from oms.ontology.v1.ontology_service_pb2_grpc import OntologyServiceStub

from oms_cli.options import OmsGroup, limit_option
from oms_cli.output import (
    label,
    limited,
    moment,
    parse_message,
    print_json,
    print_json_array,
    print_message,
    print_table,
    read_json,
)
from oms_cli.revisions import ID, REVISION
from oms_cli.session import Session
from oms_cli.text import file_name


@click.group(cls=OmsGroup)
def ontology() -> None:
    """Creates, reads and deletes ontologies."""


@ontology.command()
@click.argument("ontology_id", type=ID)
@click.option("--iri", default="", help="IRI of the ontology.")
@click.option("--label", "text", default="", help="Name for people.")
@click.option("--language", default="en", show_default=True, help="Language of the label.")
@click.option("--file", "-f", type=click.File("rb"), help="The header as JSON; - for stdin.")
@click.pass_obj
def create(
    session: Session, *, ontology_id: str, iri: str, text: str, language: str, file: Any
) -> None:
    """Creates an ontology with a branch main."""
    header = pb.Ontology()
    if file is not None:
        parse_message(read_json(file), header, file_name(file))
    if iri:
        header.iri = iri
    if text:
        header.labels.append(LocalizedText(language=language, text=text))
    request = pb.CreateOntologyRequest(
        ontology_id=ontology_id, ontology=header, request_id=secrets.token_hex(16)
    )
    answer = session.unary(OntologyServiceStub(session.channel).CreateOntology, request)
    if session.is_json:
        print_json(answer)
    else:
        click.echo(f"created {answer.ontology.name} with commit {answer.commit_id}")


@ontology.command()
@click.argument("ontology_id", type=ID)
@click.option("--revision", "-r", type=REVISION, help="As of when [main].")
@click.pass_obj
def get(session: Session, ontology_id: str, revision: Revision | None) -> None:
    """Shows an ontology's header and how many elements it has."""
    request = pb.GetOntologyRequest(name=f"ontologies/{ontology_id}", revision=revision)
    answer = session.unary(OntologyServiceStub(session.channel).GetOntology, request)
    if session.is_json:
        print_json(answer)
        return
    print_message(answer.ontology)
    click.echo(f"\nat commit {answer.commit_id}")
    print_table(["COLLECTION", "ELEMENTS"], [(c.collection, str(c.count)) for c in answer.counts])


@ontology.command(name="list")
@limit_option()
@click.pass_obj
def list_(session: Session, limit: int) -> None:
    """Lists ontologies, ordered by id."""
    found = limited(_all(session), limit)
    if session.is_json:
        print_json_array(found)
        return
    print_table(
        ["ONTOLOGY", "LABEL", "VERSION", "IRI", "UPDATED"],
        (
            (o.name.rpartition("/")[2], label(o), o.version, o.iri, moment(o.update_time))
            for o in found
        ),
    )


def _all(session: Session) -> Iterator[pb.Ontology]:
    stub = OntologyServiceStub(session.channel)
    for page in session.pages(stub.ListOntologies, pb.ListOntologiesRequest(page_size=1000)):
        yield from page.ontologies


@ontology.command()
@click.argument("ontology_id", type=ID)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(session: Session, ontology_id: str, yes: bool) -> None:
    """Deletes an ontology with its whole history, for good."""
    if not yes:
        click.confirm(f"Delete {ontology_id} with its whole history, for good?", abort=True)
    request = pb.DeleteOntologyRequest(name=f"ontologies/{ontology_id}")
    session.unary(OntologyServiceStub(session.channel).DeleteOntology, request)
    click.echo(f"deleted ontologies/{ontology_id}", err=session.is_json)
