"""Looking after batches beside the loop, and waking what waited for them."""
