"""Work that nobody waits for: a ledger of jobs, and the processes that do them."""
