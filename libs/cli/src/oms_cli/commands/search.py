"""Search of ontologies by meaning."""

from __future__ import annotations

from typing import Any, Final

import click
from oms.common.v1.revision_pb2 import Revision
from oms.embedding.v1 import search_service_pb2 as pb
from oms.embedding.v1.search_service_pb2_grpc import SearchServiceStub

from oms_cli.options import OmsCommand, OmsGroup, limit_option, ontology_option
from oms_cli.output import (
    moment,
    parse_message,
    print_fields,
    print_json,
    print_json_line,
    print_table,
    read_json,
)
from oms_cli.revisions import REVISION
from oms_cli.session import Session
from oms_cli.text import clean_line

_KINDS: Final = {
    "type": pb.ELEMENT_KIND_OBJECT_TYPE,
    "link": pb.ELEMENT_KIND_LINK_TYPE,
    "interface": pb.ELEMENT_KIND_INTERFACE,
    "property": pb.ELEMENT_KIND_PROPERTY,
}
_WORDS: Final = {number: word for word, number in _KINDS.items()}
_kind_option = click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(list(_KINDS)), help="Only these kinds."
)
_revision_option = click.option(
    "--revision", type=REVISION, default="main", help="Revision to look at [main]."
)
_language_option = click.option("--language", default="", help="Language of labels [en].")


@click.group(cls=OmsGroup)
def search() -> None:
    """Finds elements by what they mean, in any language."""


@search.command("find", cls=OmsCommand)
@click.argument("query")
@ontology_option
@_revision_option
@_kind_option
@_language_option
@click.option("--min-commit", default="", metavar="ID", help="Wait until it is searchable.")
@limit_option(10)
@click.pass_obj
def find(
    session: Session,
    *,
    query: str,
    ontology: str,
    revision: Revision,
    kinds: tuple[str, ...],
    language: str,
    min_commit: str,
    limit: int,
) -> None:
    """Finds types, links, interfaces and properties for a QUERY, the best first."""
    request = pb.SearchOntologyRequest(
        parent=f"ontologies/{ontology}",
        query=query,
        revision=revision,
        kinds=[_KINDS[kind] for kind in kinds],
        language=language,
        min_commit=min_commit,
        page_size=min(limit or 100, 100),
    )
    answer = session.unary(SearchServiceStub(session.channel).SearchOntology, request)
    if session.is_json:
        print_json(answer)
        return
    print_table(("KIND", "NAME", "LABEL", "SCORE", "WHY"), map(_row, answer.matches))
    if not answer.is_complete:
        click.echo("some of this revision is not indexed yet", err=True)
    if not answer.is_semantic:
        click.echo("the model does not answer: only words were searched", err=True)


@search.command("duplicates", cls=OmsCommand)
@ontology_option
@_revision_option
@_kind_option
@_language_option
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.0, help="Cosine [0.85].")
@limit_option(100)
@click.pass_obj
def duplicates(
    session: Session,
    *,
    ontology: str,
    revision: Revision,
    kinds: tuple[str, ...],
    language: str,
    threshold: float,
    limit: int,
) -> None:
    """Lists pairs of elements that say nearly the same, the most alike first."""
    request = pb.FindDuplicatesRequest(
        parent=f"ontologies/{ontology}",
        revision=revision,
        kinds=[_KINDS[kind] for kind in kinds],
        language=language,
        threshold=threshold,
        limit=min(limit or 1000, 1000),
    )
    answer = session.unary(SearchServiceStub(session.channel).FindDuplicates, request)
    if session.is_json:
        print_json(answer)
        return
    rows = (
        (_name(pair.first), _name(pair.second), f"{pair.similarity:.3f}", _why(pair.reasons))
        for pair in answer.pairs
    )
    print_table(("FIRST", "SECOND", "SIMILARITY", "WHY"), rows)
    if answer.missing_count:
        click.echo(f"{answer.missing_count} elements are not indexed yet", err=True)


@search.command("recommend", cls=OmsCommand)
@ontology_option
@_revision_option
@_language_option
@click.option(
    "--file", "-f", type=click.File("rb"), default="-", help="The draft as JSON [standard input]."
)
@limit_option(5)
@click.pass_obj
def recommend(
    session: Session, *, ontology: str, revision: Revision, language: str, file: Any, limit: int
) -> None:
    """Recommends what a draft of an object type could use of what is there.

    The draft is JSON: type_id, labels, descriptions, and properties with property_id and text.
    """
    draft = parse_message(read_json(file), pb.DraftType(), "draft")
    request = pb.RecommendSchemaRequest(
        parent=f"ontologies/{ontology}",
        draft=draft,
        revision=revision,
        language=language,
        limit=min(limit or 50, 50),
    )
    answer = session.unary(SearchServiceStub(session.channel).RecommendSchema, request)
    if session.is_json:
        print_json(answer)
        return
    print_table(("RECOMMENDED", "NAME", "SCORE", "WHY"), _recommended(answer))


@search.command("status", cls=OmsCommand)
@ontology_option
@click.pass_obj
def status(session: Session, ontology: str) -> None:
    """Tells how far an ontology is searchable."""
    request = pb.GetSearchIndexRequest(name=f"ontologies/{ontology}/searchIndex")
    answer = session.unary(SearchServiceStub(session.channel).GetSearchIndex, request)
    if session.is_json:
        print_json(answer.search_index)
        return
    index = answer.search_index
    print_fields(
        [
            ("commit", index.indexed_commit),
            ("behind", f"{index.lag_commits} commits"),
            ("entries", str(index.entry_count)),
            ("model", index.model),
            ("moved", moment(index.update_time)),
        ]
    )


@search.command("rebuild", cls=OmsCommand)
@ontology_option
@click.pass_obj
def rebuild(session: Session, ontology: str) -> None:
    """Reads an ontology's commits again, and waits until that is done."""
    request = pb.RebuildSearchIndexRequest(name=f"ontologies/{ontology}/searchIndex")
    for part in session.watch(SearchServiceStub(session.channel).RebuildSearchIndex, request):
        if session.is_json:
            print_json_line(part)
        else:
            at = part.search_index.indexed_sequence
            click.echo(f"{at} of {part.target_sequence}{', done' if part.is_done else ''}")


def _recommended(answer: pb.RecommendSchemaResponse) -> list[tuple[str, str, str, str]]:
    rows = [
        ("similar type", _name(each), f"{each.similarity:.3f}", _why(each.reasons))
        for each in answer.similar_types
    ]
    rows += [
        (f"like {found.draft_property_id}", _name(m), f"{m.similarity:.3f}", _why(m.reasons))
        for found in answer.similar_properties
        for m in found.matches
    ]
    rows += [
        ("property", each.property_id, f"{each.score:.3f}", _why(each.reasons))
        for each in answer.suggested_properties
    ]
    for link in answer.suggested_links:
        other = link.other_type.rpartition("/")[2]
        name = (
            f"{link.link_type.rpartition('/')[2] or '(new)'} {'to' if link.is_source else 'from'}"
        )
        rows.append(("link", f"{name} {other}", f"{link.score:.3f}", _why(link.reasons)))
    return rows


def _row(match: pb.ElementMatch) -> tuple[str, str, str, str, str]:
    kind = _WORDS.get(match.kind, "?")
    return kind, _name(match), clean_line(match.label), f"{match.score:.4f}", _why(match.reasons)


def _name(match: pb.ElementMatch) -> str:
    name = "/".join(match.name.split("/")[2:])
    return clean_line(f"{name}#{match.property_id}" if match.property_id else name)


def _why(reasons: Any) -> str:
    return clean_line("; ".join(reason.text for reason in reasons))
