"""The smallest Django site whose admin shows our enterprises."""
