"""One script per step, self-contained: a script never imports the models."""
