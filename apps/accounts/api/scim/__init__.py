"""SCIM 2.0 (RFC 7643, RFC 7644): people and groups as the university's directory keeps them."""
