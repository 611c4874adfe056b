//! What is used on more than one screen.

pub mod dialog;
pub mod form;
pub mod icon;
pub mod menu;
pub mod page_title;
pub mod toast;
