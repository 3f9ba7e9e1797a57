"""The chatbots, against servers that honour their contracts over real TCP."""
