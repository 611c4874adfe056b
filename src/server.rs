//! Wiring: routes, sessions, configuration, commands. No business rule.

pub mod again;
pub mod app;
pub mod assets;
pub mod backup;
pub mod calendar;
pub mod command;
pub mod config;
pub mod demo;
pub mod documents;
pub mod events;
pub mod files;
pub mod host;
pub mod import;
pub mod limits;
pub mod metrics;
pub mod news;
pub mod pages;
pub mod password;
pub mod security;
pub mod seed;
pub mod serve;
pub mod sign_in;
pub mod site;
pub mod tick;
#[cfg(test)]
mod use_cases;
pub mod webshop;

pub use app::app;
