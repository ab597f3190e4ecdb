"""Commands on registries: build, change, exchange, publish and show them."""
