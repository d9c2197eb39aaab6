"""What a person does to items from outside the loop: take up again, cancel, remove."""
