"""The built wheel, installed into an environment of its own and used there."""
