"""People: who they are, where they stand, what they may do, how they log in."""
