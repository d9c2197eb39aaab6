"""YouTube and whatever else yt-dlp can list: followed places, and items looked at."""
