"""Judgement: terms that bind, their verdict on the purpose, and the gates of the policy."""
