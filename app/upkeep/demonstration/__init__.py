"""Demonstration data: invented enterprises, deterministic figures, a plausible history.

It is written with Core statements, past the scope and the unit of the operations, because
thousands of filings with their chains are to be there within seconds.  What it writes is what
the operations would have written: the same formulas, the same canonical text, the same hashes;
`flask audit verify` and the row checks pass over it, and a test says so.
"""
