"""Tests of what is in deploy/: the files fit their schemas, each other and the program."""
