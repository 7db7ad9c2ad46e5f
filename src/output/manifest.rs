//! The manifest of a run that writes shards: what it is made of, and what is done.

use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{OutFile, Tally, sync_folder};
use crate::document::Location;
use crate::input::Survey;

/// All that the bytes of the output depend on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// Version of copydesk.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of the model.
    pub model: String,
    /// Options that change the output.
    pub options: Map<String, Value>,
    /// The inputs as the user named them, with size and digest.
    pub inputs: Vec<Survey>,
}

impl Identity {
    /// What is different in another run, for a person.
    #[must_use]
    pub fn changes(&self, now: &Self) -> Vec<String> {
        let mut changes = Vec::new();
        if self.version != now.version {
            changes.push(format!("copydesk was {}, is {}", self.version, now.version));
        }
        if self.rules != now.rules {
            changes.push("the rules are others".to_owned());
        }
        if self.model != now.model {
            changes.push("the model is another".to_owned());
        }
        let names =
            self.options.keys().chain(now.options.keys().filter(|name| !self.options.contains_key(*name)));
        for name in names {
            let of = |options: &Map<String, Value>| options.get(name).cloned().unwrap_or_default();
            let (before, after) = (of(&self.options), of(&now.options));
            if before != after {
                changes.push(format!("option {name} was {before}, is {after}"));
            }
        }
        if !self.inputs.iter().map(|input| &input.path).eq(now.inputs.iter().map(|input| &input.path)) {
            changes.push("other inputs are named".to_owned());
        } else {
            let changed = self.inputs.iter().zip(&now.inputs).filter(|(before, after)| before != after);
            changes.extend(changed.map(|(input, _)| format!("{} has changed", input.path)));
        }
        changes
    }
}

/// A shard that is whole and on the disk: consecutive documents of the input.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shard {
    /// Number in the file names, from 1.
    pub number: u64,
    /// Documents of the input that went into it.
    pub documents: u64,
    /// How many of them are articles; the others are rejects.
    pub articles: u64,
}

/// What a run is and how far it has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// What the output depends on.
    #[serde(flatten)]
    pub identity: Identity,
    /// Whether all documents are done.
    pub complete: bool,
    /// Documents of the input that are in the shards.
    pub documents: u64,
    /// Where the last of them stood.
    pub last: Option<Location>,
    /// The shards that are done.
    pub shards: Vec<Shard>,
    /// Counts over the documents that are done.
    pub counts: Tally,
}

impl Manifest {
    /// Name of the file in the output folder.
    pub const NAME: &'static str = "manifest.json";

    /// A run that has done nothing yet.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            complete: false,
            documents: 0,
            last: None,
            shards: Vec::new(),
            counts: Tally::default(),
        }
    }

    /// The manifest in a folder; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be read, or is no manifest.
    pub fn read(folder: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(folder.join(Self::NAME)) {
            Ok(json) => Ok(Some(serde_json::from_slice(&json)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces the manifest in a folder; at any moment there is the old one or the new one, whole, on the
    /// disk. What was renamed in the folder before is on the disk too.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        sync_folder(folder)?;
        let mut file = OutFile::create(&folder.join(Self::NAME))?;
        let mut json = serde_json::to_vec_pretty(self).expect("numbers and strings into memory never fail");
        json.push(b'\n');
        file.write_all(&json)?;
        file.finish_synced()?;
        sync_folder(folder)
    }
}
