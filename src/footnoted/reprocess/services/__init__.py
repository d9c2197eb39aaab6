"""What a plan comes to beside calls of models: minutes of speech heard, and texts embedded."""
