"""Long tasks of a host, each on one revision of an object; they may take minutes.

A task reads outside of any transaction of its caller, and its findings are stored by
one conditional statement: only while its run holds the lease, and only if the object is
still at the revision that it read. So nothing newer is ever overwritten, and every
stored result names its revision.
"""
