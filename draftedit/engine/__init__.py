"""The engine: drafts over live rows. SQLAlchemy only; no HTTP, no host model."""
