"""The care plan page: the plan as a document that is edited in place."""
