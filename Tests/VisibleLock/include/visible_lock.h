// Nothing: the target is linked, not called. See lock.c.
