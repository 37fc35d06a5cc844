"""The machinery of a race: rules lifted onto blocks of particles, the kernel that steps them, what is recorded."""
