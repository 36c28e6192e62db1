"""The edges: HTTP, pages, the command line, and the one place that knows everybody."""
