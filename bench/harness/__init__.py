"""What bench/run is made of. Standard library only, so that the system's Python 3.11 runs it as it is."""
