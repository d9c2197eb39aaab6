"""What outlives the database: backups that are proven, exports for people, and what is let go."""
