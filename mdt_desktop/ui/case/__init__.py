"""The case: one person's banner and the tabs on where they stand, what is planned and who is involved."""
