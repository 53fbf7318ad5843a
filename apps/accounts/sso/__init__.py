"""Single sign-on: allauth's two protocols, stricter than they come."""
