"""From a context to a file: ``docx`` fills Word templates, ``pdf`` sets our own layout."""
