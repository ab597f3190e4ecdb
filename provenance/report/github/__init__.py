"""GitHub Actions: annotations, job summaries, and posting of pull request comments."""
