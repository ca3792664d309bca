"""The validation rules as rows: versions, what is in force in a quarter, how they change."""
