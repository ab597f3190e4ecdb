"""The law book and policies, told by themselves: without a corpus."""
