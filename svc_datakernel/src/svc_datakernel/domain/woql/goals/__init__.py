"""What a query becomes before it runs: steps that find solutions one at a time."""
