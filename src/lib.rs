//! copydesk turns scraped news into clean copy.

pub mod article;
pub mod block;
pub mod cleaner;
pub mod document;
pub mod dom;
pub mod error;
pub mod label;
pub mod metadata;
pub mod rules;

pub use cleaner::{Cleaned, Cleaner};
