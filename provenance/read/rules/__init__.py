"""Rule files: YAML to rules, their cases, and lint."""
