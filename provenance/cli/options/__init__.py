"""Options that several commands share: paths, settings, formats, keys."""
