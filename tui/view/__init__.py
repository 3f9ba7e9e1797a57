"""What is to be seen, as values: rows, entries, words. Pure: no widget is touched here."""
