"""What is known of pairs of names, whoever says them."""
