"""The values and the rules: events, issues, alarms, outbox, journal. Pure: no I/O, no clock, no await."""
