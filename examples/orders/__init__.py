"""The host of the README as an application: `make example`."""
