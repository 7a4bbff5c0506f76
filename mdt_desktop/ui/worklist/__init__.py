"""The worklist: everything that is to be done, and how far it is."""
