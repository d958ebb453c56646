"""Long tasks of a host: they look at one revision of an object, and may take minutes.

A task reads outside of any transaction of its caller, and what it found is stored by
one conditional statement: only while its run is the one that may write, and only where
the object is still at the revision that it read. So nothing is ever written over what
changed meanwhile, and what is stored says which revision it belongs to.
"""
