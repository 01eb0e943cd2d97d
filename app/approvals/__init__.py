"""Review chains: who signs a plan, a batch of records, a report after whom; sent back with a reason at any stage."""
