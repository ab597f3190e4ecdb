"""Items of a registry: their identity, order, copies and authors, and parts of staged ones."""
