"""Results of earlier checks that still hold."""
