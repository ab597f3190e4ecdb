"""File formats: Parquet, Arrow, CSV, JSON Lines, JSON, text, compression, archives."""
