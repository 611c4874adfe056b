//! Wiring: routes, sessions, configuration, commands. No business rule.

pub mod assets;
pub mod host;
pub mod password;
