"""File formats: Parquet, Arrow, CSV, JSON Lines, JSON, text, compression and zip archives."""
