"""Text, languages, files: what knows nothing of plants. It imports nothing of ours."""
