//! Which patterns of the rule files hit, counted over a run: what `rules stats` reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::article::Flag;
use crate::cleaner::{Cleaned, Hits};
use crate::label::{Address, Label, Reason};

/// How often rules were asked and hit.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Usage {
    /// As pairs, since the keys of JSON are strings.
    #[serde(with = "pairs")]
    patterns: BTreeMap<Arc<Address>, Counts>,
    files: BTreeMap<Arc<str>, FileUse>,
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Counts {
    hits: u64,
    blocks: u64,
}

/// A pattern that hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternUse {
    /// `file:line`.
    pub rule: String,
    /// The pattern's address.
    pub path: Arc<str>,
    /// Finds: elements, lines, values, bodies.
    pub hits: u64,
    /// Blocks that went because of it.
    pub blocks: u64,
}

/// A site's or family's file that applied to pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUse {
    /// Documents it applied to.
    pub pages: u64,
    /// Of these, by layout; those without one are not listed.
    pub layouts: BTreeMap<Arc<str>, u64>,
    /// Of these, pages whose body its selectors were asked for.
    pub body: Asked,
    /// The same by field of the metadata, apart from the body: a field that is found hides no body that is not.
    pub meta: BTreeMap<String, Asked>,
    /// Finds of its patterns that a guard refused.
    pub refused: u64,
}

/// How often selectors found what they were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Pages on which they did.
    pub found: u64,
    /// Pages on which they did not.
    pub missed: u64,
}

impl Asked {
    fn one(&mut self, found: bool) {
        *(if found { &mut self.found } else { &mut self.missed }) += 1;
    }

    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.missed += other.missed;
    }
}

impl Usage {
    /// Counts of one document.
    pub(super) fn of(cleaned: &Cleaned) -> Self {
        let Hits { chain, is_page, meta, found, refused } = &cleaned.hits;
        let mut usage = Self::default();
        for rule in found.iter().chain(meta.iter().map(|(_, rule)| rule)) {
            usage.patterns.entry(Arc::clone(rule)).or_default().hits += 1;
        }
        for block in &cleaned.blocks {
            if let (Label::Dropped(_), Reason::Rule(rule)) = (block.label, &block.reason) {
                usage.patterns.entry(Arc::clone(rule)).or_default().blocks += 1;
            }
        }
        let missed = cleaned.flags.contains(&Flag::RuleMissed);
        for applied in chain.files() {
            let file = usage.files.entry(Arc::clone(&applied.name)).or_default();
            file.pages += 1;
            file.layouts.extend(applied.layout.iter().map(|layout| (Arc::clone(layout), 1)));
            // A text has no elements, so its selectors are not asked.
            if !is_page {
                continue;
            }
            if applied.names_body {
                file.body.one(!missed);
            }
            for field in &applied.fields {
                let found = meta.iter().any(|(given, _)| given == field);
                file.meta.entry(field.name().to_owned()).or_default().one(found);
            }
        }
        for rule in refused {
            if let Some(file) = usage.files.get_mut(&rule.file) {
                file.refused += 1;
            }
        }
        usage
    }

    /// Adds the counts of other documents.
    pub(super) fn add(&mut self, other: Self) {
        for (rule, counts) in other.patterns {
            let sum = self.patterns.entry(rule).or_default();
            sum.hits += counts.hits;
            sum.blocks += counts.blocks;
        }
        for (name, file) in other.files {
            let sum = self.files.entry(name).or_default();
            sum.pages += file.pages;
            sum.refused += file.refused;
            sum.body.add(file.body);
            for (layout, pages) in file.layouts {
                *sum.layouts.entry(layout).or_default() += pages;
            }
            for (field, asked) in file.meta {
                sum.meta.entry(field).or_default().add(asked);
            }
        }
    }

    /// The patterns that hit, those that removed most first, and the files.
    pub(super) fn into_parts(self) -> (Vec<PatternUse>, BTreeMap<Arc<str>, FileUse>) {
        let pattern = |(rule, counts): (Arc<Address>, Counts)| PatternUse {
            rule: rule.to_string(),
            path: Arc::clone(&rule.path),
            hits: counts.hits,
            blocks: counts.blocks,
        };
        let mut patterns: Vec<_> = self.patterns.into_iter().map(pattern).collect();
        patterns.sort_by_key(|pattern| std::cmp::Reverse((pattern.blocks, pattern.hits))); // stable: then by place
        (patterns, self.files)
    }
}

mod pairs {
    use super::{Address, Arc, BTreeMap, Counts, Deserialize, Serialize};

    pub(super) fn serialize<S: serde::Serializer>(
        counts: &BTreeMap<Arc<Address>, Counts>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        counts.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Arc<Address>, Counts>, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}
