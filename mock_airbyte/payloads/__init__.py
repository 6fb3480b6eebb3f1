"""Records as JSON: `public` (the public API's words), `config` (the Config API's), `moments` (times and durations)."""
