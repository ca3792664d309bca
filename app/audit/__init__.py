"""Who did what, where, and when; written once, chained, and never changed."""
