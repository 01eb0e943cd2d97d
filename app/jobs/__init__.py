"""What is done by the clock: each job finds its own work and does nothing twice."""
