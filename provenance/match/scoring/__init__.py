"""How strong a match is: n-gram counts, information, features, E-value."""
