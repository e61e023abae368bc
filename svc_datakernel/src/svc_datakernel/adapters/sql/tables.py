"""The tables of one database. One row of `changes` is both log entry and document version.

`changes` is only ever appended to, and its key grows with time, so a commit is a
range of keys and "as of a commit" is "key below the end of that range".
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

# An INTEGER primary key is SQLite's own row key; other databases need the wide type.
_key = BigInteger().with_variant(Integer(), "sqlite")

# Ids are compared and listed by code point everywhere, whatever the database's own order.
_text = Text().with_variant(Text(collation="C"), "postgresql")

meta = Table(
    "meta",
    metadata,
    Column("name", _text, primary_key=True),
    Column("value", _text, nullable=False),
)

lines = Table(
    "lines",
    metadata,
    Column("key", _key, primary_key=True, autoincrement=False),
    Column("branch", _text, nullable=False),
    Column("parent", _key, ForeignKey("lines.key")),
    # The commit on the parent line that this line starts from; NULL for the first line.
    Column("fork_sequence", _key),
)

# Every line that a read on `line` has to look at, nearest first, itself at depth 0.
line_ancestors = Table(
    "line_ancestors",
    metadata,
    Column("line", _key, ForeignKey("lines.key"), nullable=False),
    Column("depth", Integer, nullable=False),
    Column("ancestor", _key, ForeignKey("lines.key"), nullable=False),
    # What of the ancestor can be seen: up to this commit, below this change. NULL at depth 0.
    Column("sequence_limit", _key),
    Column("change_limit", _key),
    PrimaryKeyConstraint("line", "depth"),
    sqlite_with_rowid=False,
)

commits = Table(
    "commits",
    metadata,
    Column("sequence", _key, primary_key=True, autoincrement=False),
    Column("id", LargeBinary, nullable=False, unique=True),
    Column("line", _key, ForeignKey("lines.key"), nullable=False),
    # Its changes are those with change_start <= key < change_end.
    Column("change_start", _key, nullable=False),
    Column("change_end", _key, nullable=False),
    Column("first_parent", _key, ForeignKey("commits.sequence")),
    Column("second_parent", _key, ForeignKey("commits.sequence")),
    Column("branch", _text, nullable=False),
    Column("author", _text, nullable=False),
    Column("message", _text, nullable=False),
    Column("time_us", _key, nullable=False),
    Column("request_id", _text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Index("commits_by_line", "line", "sequence"),
    Index("commits_by_time", "line", "time_us"),
    Index("commits_by_branch", "branch", "sequence"),
)

# The commits with two parents once more, to go from merge to merge along a line.
merges = Table(
    "merges",
    metadata,
    Column("line", _key, nullable=False),
    Column("sequence", _key, ForeignKey("commits.sequence"), nullable=False),
    Column("source_line", _key, nullable=False),
    Column("source_sequence", _key, ForeignKey("commits.sequence"), nullable=False),
    PrimaryKeyConstraint("line", "sequence"),
    sqlite_with_rowid=False,
)

branches = Table(
    "branches",
    metadata,
    Column("name", _text, primary_key=True),
    Column("head", _key, ForeignKey("commits.sequence"), nullable=False),
    # The line it appends to; NULL until its first own commit.
    Column("line", _key, ForeignKey("lines.key")),
    Column("create_time_us", _key, nullable=False),
    Column("update_time_us", _key, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("key", _key, primary_key=True, autoincrement=False),
    Column("id", _text, nullable=False, unique=True),
)

contents = Table(
    "contents",
    metadata,
    Column("key", _key, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("type", _text, nullable=False),
    # Last, so that reading the other columns of a large content does not load it.
    Column("json", LargeBinary, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("key", _key, primary_key=True, autoincrement=False),
    Column("sequence", _key, ForeignKey("commits.sequence"), nullable=False),
    Column("line", _key, nullable=False),
    Column("document", _key, ForeignKey("documents.key"), nullable=False),
    Column("type", _text, nullable=False),
    Column("change_type", SmallInteger, nullable=False),
    Column("is_hard", Boolean(create_constraint=False), nullable=False),
    # What could be read before: NULL for nothing and for a softly deleted document.
    Column("before", _key, ForeignKey("contents.key")),
    # What is there now: NULL after a hard delete, still the content after a soft one.
    Column("after", _key, ForeignKey("contents.key")),
    # Commits that created and last changed the document; a merge takes over the source's.
    Column("created_sequence", _key, nullable=False),
    Column("updated_sequence", _key, nullable=False),
    Index("changes_by_document", "document", "line", "key"),
)

# Which documents a line may hold, in the order of ids: see directory.py.
directory = Table(
    "directory",
    metadata,
    Column("line", _key, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("document_id", _text, nullable=False),
    Column("type", _text, nullable=False),
    Column("document", _key, nullable=False),
    # The change that brought it: positions before that pass over the entry.
    Column("change", _key, nullable=False),
    PrimaryKeyConstraint("line", "bucket", "document_id", "type"),
    Index("directory_by_type", "line", "bucket", "type", "document_id", "document", "change"),
    sqlite_with_rowid=False,
)

directory_buckets = Table(
    "directory_buckets",
    metadata,
    Column("line", _key, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("change_start", _key, nullable=False),
    Column("entry_count", _key, nullable=False),
    PrimaryKeyConstraint("line", "bucket"),
    sqlite_with_rowid=False,
)

requests = Table(
    "requests",
    metadata,
    Column("id", _text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    # The commit it made; or the head it found, when it changed nothing.
    Column("sequence", _key, ForeignKey("commits.sequence"), nullable=False),
    Column("is_unchanged", Boolean(create_constraint=False), nullable=False),
)

# What a request was answered beside its commit, for its repetition: see answers.py.
answers = Table(
    "answers",
    metadata,
    Column("request", _text, ForeignKey("requests.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# Every change of a branch's head that was no commit on top of it: see branch_moves.py.
branch_moves = Table(
    "branch_moves",
    metadata,
    Column("key", _key, primary_key=True, autoincrement=False),
    # The last commit there was: moves with the same one came after it and before the next.
    Column("after_sequence", _key, nullable=False),
    Column("branch", _text, nullable=False),
    # Ids of commits, which stay when compaction removes them. NULL: there was no branch, there is
    # none any more.
    Column("old_head", LargeBinary),
    Column("new_head", LargeBinary),
    Column("time_us", _key, nullable=False),
    Index("branch_moves_by_sequence", "after_sequence"),
)

# Names of commits.
tags = Table(
    "tags",
    metadata,
    Column("name", _text, primary_key=True),
    Column("sequence", _key, ForeignKey("commits.sequence"), nullable=False),
    Column("message", _text, nullable=False),
    Column("author", _text, nullable=False),
    Column("create_time_us", _key, nullable=False),
)

# The triples of a graph database's documents, derived from `changes`: see graph_index.py.
# IRIs of all kinds are rows of `documents`, whether or not they are documents.
triples = Table(
    "triples",
    metadata,
    Column("subject", _key, nullable=False),
    Column("predicate", _key, nullable=False),
    # A literal has a datatype and a value, a node its key; what it has not is 0 and "".
    Column("value", _text, nullable=False),
    Column("node", _key, nullable=False),
    Column("datatype", _key, nullable=False),
    Column("line", _key, nullable=False),
    # Held by the document's versions on the line from this change on, until that one.
    Column("from_change", _key, nullable=False),
    Column("to_change", _key),
    # The document it comes from; 0 where that is the subject.
    Column("owner", _key, nullable=False),
    PrimaryKeyConstraint(
        "subject", "predicate", "value", "node", "datatype", "line", "from_change"
    ),
    # With every column, so that the table itself is not needed.
    Index(
        "triples_by_object",
        "predicate",
        "value",
        "node",
        "datatype",
        "line",
        "subject",
        "from_change",
        "to_change",
        "owner",
    ),
    sqlite_with_rowid=False,
)

# Every predicate that has been used: to look for an object under all of them.
predicates = Table(
    "predicates", metadata, Column("key", _key, primary_key=True, autoincrement=False)
)

# Literals too long for an index; `triples.value` has the name.
long_values = Table(
    "long_values",
    metadata,
    Column("name", _text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
