"""What a person sees in Airflow after `docker compose up`, looked at in a real browser."""
