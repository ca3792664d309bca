"""A whole filing as one Excel workbook: made for an enterprise and a quarter, and read back."""
