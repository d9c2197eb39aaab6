"""Asking models: typed requests in, validated answers out, every call through the gateway."""
