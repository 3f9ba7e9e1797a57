"""Who a client is: logins, tokens, certificates, and what each cloud wants."""
