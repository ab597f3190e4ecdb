"""Answers to rights-holders, as Markdown, HTML, JSON, a letter, or for the terminal."""
