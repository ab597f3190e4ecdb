"""Reports: rendering a result in every format, and writing and reading a report's files.

Import from the submodules: `formats` has the formats, `terminal` and `github` the output for these,
`files` the files of a report, and `text` the sentences and numbers that they share.
"""
