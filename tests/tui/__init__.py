"""Tests of the screens: Pilot, snapshots and pictures."""
