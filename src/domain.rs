//! What a CRM is. Knows no framework, no database and no clock.

pub mod bucket;
pub mod due;
pub mod time;
pub mod zone;
