"""What one is told: a row for each person and event, shown in the own language, and mailed."""
