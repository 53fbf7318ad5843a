"""What every API view is made of.

Nothing is imported here: the settings of the REST framework name classes of ``access``, ``parsing`` and ``answers``,
and ``rows`` imports the framework's views, which read those settings.
"""
