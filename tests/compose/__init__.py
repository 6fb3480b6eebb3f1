"""docker-compose.yml: its rules, and its commands run as processes, because a Docker engine is not everywhere."""
