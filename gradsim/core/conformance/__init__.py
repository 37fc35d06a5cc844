"""What every optimizer is measured by: its independent twin, the libraries' own trajectories, and what it declares."""
