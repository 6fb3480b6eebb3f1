"""What runs in the clients' environments: nothing of this package or of its development tools is there to import."""
