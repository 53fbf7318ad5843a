"""What runs in the sandbox child when a Word file is read or filled, or a page is set: no Django, no settings.

Only ``portal.kernel.documents`` starts these functions, through ``portal.kernel.sandbox.run_limited``.
A found problem travels as ``{"code": …, "detail": {…}}``; the parent has the words for each code.
"""
