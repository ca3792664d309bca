"""Who manages energy in an enterprise, and by which meters: annexes 1 to 4.

Annexes 1 and 2 are forms that the league puts on record; 3 and 4 are tables that are drawn.
"""
