"""Parts of a result that several formats show: grouped findings, charts, obligations."""
