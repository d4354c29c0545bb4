"""The dreamer inside Venom: lessons into the live store, user activity out, its API and its events."""
