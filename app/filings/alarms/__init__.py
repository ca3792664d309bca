"""Alarms: what the validation rules say of a filing, and what is said to them."""
