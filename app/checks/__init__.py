"""Do the sheets of a filing agree with one another?  Reckoning only, no database."""
