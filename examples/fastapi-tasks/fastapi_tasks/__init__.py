"""Everybody's own tasks: the service of `apps/tasks-api`, in FastAPI.

The same addresses, texts, statuses and problem documents, shown by the same tests; on SQLite also the
same table, so that either service can serve the other's file.

Three things keep one user's tasks from another, each enough by itself: the token is verified, the
user in the path has to be the token's, and every statement names the user.
"""
