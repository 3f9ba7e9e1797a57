"""Questions to a cluster that are asked for people: the topic, the rights, the clock."""
