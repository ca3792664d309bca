"""What the platform tells its people, and what they tell it: announcements, contact, problems."""
