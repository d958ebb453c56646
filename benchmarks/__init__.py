"""What draftedit costs: whole servers over loopback, beside the floor and mementos.

`make bench` runs it; docs/performance.md says what is measured and how to read it.
"""
