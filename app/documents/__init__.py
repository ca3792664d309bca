"""Opening documents in the page: what browsers cannot show is converted once, and kept."""
