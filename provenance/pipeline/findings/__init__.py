"""Third stage: findings, rulings, gates and shares."""
