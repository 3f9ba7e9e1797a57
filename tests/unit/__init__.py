"""Tests that need nothing but Python (and, where they say so, the extra ``demo``)."""
