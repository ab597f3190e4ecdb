"""Speed and accuracy, measured. Nothing here is part of the package."""
