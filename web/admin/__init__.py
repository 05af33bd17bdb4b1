"""The pages of people who sign in: review, uploads, editions, judged needs, the log."""
