"""Issues and complaints: their lists, one of them with its history, and every act on it."""
