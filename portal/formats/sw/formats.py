"""Days and hours as in English: Django brings no formats for Swahili."""

from portal.formats.en.formats import *  # noqa: F403 - all that Django asks this module for
