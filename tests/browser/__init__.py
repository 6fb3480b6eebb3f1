"""What a person sees in a real browser: Airflow after `docker compose up`, and the mock's own page."""
