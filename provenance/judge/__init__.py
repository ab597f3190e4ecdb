"""Judgement: terms that bind, their verdict on the purpose, gates and waivers of the policy."""
