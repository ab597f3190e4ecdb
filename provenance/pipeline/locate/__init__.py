"""Second stage: locate claimed passages in their texts."""
