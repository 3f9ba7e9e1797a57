"""The built-in assistant and the playbooks that it walks through."""
