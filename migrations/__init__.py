"""Alembic's scripts, installed as `draftedit.migrations` so that a wheel can migrate."""
