"""The region's work on the rules: editor, live test, back-test, sweep, the public rule book."""
