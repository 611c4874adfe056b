//! Modulok.
