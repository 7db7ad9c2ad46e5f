//! copydesk turns scraped news into clean copy.

pub mod article;
pub mod block;
pub mod cleaner;
pub mod decode;
pub mod document;
pub mod dom;
pub mod error;
pub mod input;
pub mod label;
pub mod rules;

pub use cleaner::{Cleaned, Cleaner};
