"""Objects: values checked against their types, filters, orders, figures, links. Pure logic."""
