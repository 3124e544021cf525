"""The demo event: what `seed_demo` writes, its people, and the film it shows."""
