"""The figures: whether decisions are done, and how meetings go."""
