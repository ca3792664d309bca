"""Tables to take away: small ones at once, large ones made in the background, kept for a week."""
