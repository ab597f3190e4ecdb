"""Files of a report: result.json, findings.parquet, model.parquet, receipts, calibrations."""
