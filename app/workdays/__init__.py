"""Working days by the official calendar of holidays, and the days that the region sets apart."""
