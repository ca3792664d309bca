"""Dual control: five-year and annual targets of enterprises, quotas of leagues, their ledger."""
