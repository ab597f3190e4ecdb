"""Second stage: attribute tokens to items, and locate the claimed passages in their texts."""
