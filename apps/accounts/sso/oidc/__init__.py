"""OpenID Connect: the code flow with PKCE and nonce, every token checked by its signature."""
