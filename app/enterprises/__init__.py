"""The registry of enterprises: who reports, where they lie, and how large they are."""
