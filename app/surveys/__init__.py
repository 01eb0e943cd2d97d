"""The opinion survey (R23 to R35): questions, who got a sheet and signed for it, what came back, what follows of it."""
