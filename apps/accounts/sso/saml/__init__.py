"""SAML 2.0: answers to our own requests only, message and assertion both signed."""
