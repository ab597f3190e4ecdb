"""Build and change registries from dumps."""
