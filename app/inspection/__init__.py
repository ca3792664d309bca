"""Supervision documents, 企业日常监察细则文件: what a year asks of an enterprise, and files."""
