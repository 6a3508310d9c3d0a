"""Hospital JSON fast: blocks of items decoded at once, and columns made of them."""
