"""Tables beside the segments: tombstones, statuses of items, opt-outs, marks, withdrawn texts."""
