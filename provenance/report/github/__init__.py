"""GitHub Actions: annotations, job summaries and pull request comments."""
