"""What several formats show of a result: findings selected and grouped, charts, obligations."""
