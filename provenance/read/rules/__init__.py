"""Rule files: parsing YAML into rules and cases, and linting them."""
