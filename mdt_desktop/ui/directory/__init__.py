"""The directory page: who works here, the practices and the organisations."""
