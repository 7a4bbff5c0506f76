"""What the first screens and the settings page share about keys: the door, passphrase fields, the recovery sheet."""
