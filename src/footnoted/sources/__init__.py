"""What is followed: sources, the files and facts they give, and the recordings they become."""
