//! What a CRM is. Knows no framework, no database and no clock.

pub mod bucket;
pub mod due;
pub mod time;
pub mod zone;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod every_zone;
