"""The benchmark of real text: posts and pages that people wrote, in several sizes."""
