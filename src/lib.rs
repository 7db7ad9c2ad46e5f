//! copydesk turns scraped news into clean copy.

pub mod article;
pub mod block;
pub mod blocks;
pub mod cleaner;
pub mod decode;
pub mod document;
pub mod dom;
pub mod error;
pub mod eval;
pub mod input;
pub mod label;
pub mod labels;
pub mod metadata;
pub mod output;
pub mod pipeline;
pub mod reading;
pub mod rules;
pub mod timing;
pub mod train;
pub mod words;

pub use cleaner::{Cleaned, Cleaner};
