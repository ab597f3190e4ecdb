"""What Reddit writes where."""

HOST = "https://www.reddit.com"
COMMENT, SUBMISSION = "t1_", "t3_"
GONE = r"[ \t\r\n]*\[ ?(deleted|removed)( [^\]]{0,80})?\][ \t\r\n]*"
"""What stands where a text was: "[deleted]", "[removed]", "[ Removed by Reddit ]"."""
