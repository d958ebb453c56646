"""The settings of an ini file: their meaning, and how they are parsed.

A new setting is one entry in `table.py`; `make settings-docs` copies it into the docs.
"""

from draftedit.settings.checking import given, refuse_bad
from draftedit.settings.setting import BadSettings, Setting, Settings
from draftedit.settings.shipped import shipped_ini

__all__ = ["BadSettings", "Setting", "Settings", "given", "refuse_bad", "shipped_ini"]
