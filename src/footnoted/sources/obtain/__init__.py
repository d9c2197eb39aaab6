"""Getting what was said in an item from where it was published: captions first, sound else."""
