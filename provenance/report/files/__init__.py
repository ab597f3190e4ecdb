"""Files of a report: result, findings, model, receipts, calibrations, reviews."""
