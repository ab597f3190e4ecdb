"""Match texts in memory: batches of a pipeline, or one text, without a corpus on disk."""
