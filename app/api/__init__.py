"""Other systems' door: work orders come in and their progress, and nothing goes out but what they sent."""
