"""What may be billed: the modifier table and the coding facts of a code, from its indicators."""
