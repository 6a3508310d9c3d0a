"""The fast reader of in-network files. Only what imports it needs Numba.

Bytes come in blocks (`window`), a position in them is moved by kernels (`cursor`), and `reader`
walks the document: its outline (`outline`), provider references (`defining`, with the kernel
`references`), items and their rates (`elements`, with the kernel `rates`). What repeats is found
again by its bytes (`known`): prices by the template around their number (`price`, `learned`),
provider lists by their text (`lists`, with the kernels `naming`, `inline` and `hashing`). Rows
leave as columns (`batches`, `members`) through a thread that writes them (`sink`).

A kernel is a function over addresses (`memory`, `scan`) that Numba compiles; `warm` has all of
them ready. Whatever is odd goes to the plain reader, whose rows decide.
"""
