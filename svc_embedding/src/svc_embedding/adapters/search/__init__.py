"""Where the search of ontologies gets contents from, and how it keeps up."""
