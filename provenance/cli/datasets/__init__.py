"""Commands on datasets: check, clean, compare and trace them."""
