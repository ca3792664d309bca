"""Who manages energy in an enterprise: annexes 1 and 2 as forms, put on record by the league."""
