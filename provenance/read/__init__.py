"""The window in: corpora, dumps, rules and policies as tables and nouns; corpora written again."""
