"""Third stage: build, judge and sum up the findings."""
