//! Rule files: what boilerplate looks like, for every page and for single sites.

use std::path::Path;

/// All rules of a run, compiled.
#[derive(Debug, Default)]
pub struct RuleSet {}

/// Everything wrong with the rule files, sorted by place.
#[derive(Debug, thiserror::Error)]
#[error("rule errors")]
pub struct RuleErrors {}

impl RuleSet {
    /// The shipped rules, with those of `folder` laid over them; without the rules of single sites
    /// and families when `sites` is false.
    ///
    /// # Errors
    /// All errors of all files.
    pub fn load(_folder: Option<&Path>, _sites: bool) -> Result<Self, RuleErrors> {
        Ok(Self {})
    }
}
