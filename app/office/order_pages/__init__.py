"""Work orders: the register, one order, entering and importing them."""
