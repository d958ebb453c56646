"""Alembic's scripts, installed as `draftedit.migrations`: a wheel can migrate."""
