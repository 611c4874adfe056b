//! HTTP tests: the app as a client sees it.
