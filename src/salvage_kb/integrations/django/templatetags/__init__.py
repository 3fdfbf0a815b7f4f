"""Hold the template tags."""
