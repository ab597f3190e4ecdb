"""Exchange of registries between machines and organisations."""
