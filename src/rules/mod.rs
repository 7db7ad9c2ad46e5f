//! Rule files
pub mod diagnostic;
pub mod lines;
mod fold;
mod pattern;
mod source;
pub use diagnostic::RuleErrors;
use std::path::Path;

/// All rules of a run, compiled.
#[derive(Debug, Default)]
pub struct RuleSet {}
impl RuleSet {
    /// x
    pub fn load(_folder: Option<&Path>, _sites: bool) -> Result<Self, RuleErrors> {
        Ok(Self {})
    }
}
