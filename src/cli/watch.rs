//! `--watch`: rules that are read again when their folder changes.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use copydesk::Cleaner;
use copydesk::rules::Reloader;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{Failure, RuleArgs};

/// How long nothing may change before rules are read again: editors write a file in several steps.
const DEBOUNCE: Duration = Duration::from_millis(300);

/// A folder of rules, and perhaps a file, that are watched.
pub(super) struct Watch {
    changes: Receiver<notify::Result<Event>>,
    reloader: Reloader,
    file: Option<PathBuf>,
    /// Watches as long as it lives.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Loads the rules and begins to watch them.
    pub(super) fn start(rules: &RuleArgs, file: Option<&Path>) -> Result<(Self, Cleaner), Failure> {
        let Some(folder) = &rules.rules else {
            return Err(Failure::Usage("--watch needs a folder of rules to watch: --rules DIR".to_owned()));
        };
        let cannot =
            |error: notify::Error| Failure::Usage(format!("cannot watch {}: {error}", folder.display()));
        let (sender, changes) = channel();
        let mut watcher = notify::recommended_watcher(move |event| _ = sender.send(event)).map_err(cannot)?;
        watcher.watch(folder, RecursiveMode::Recursive).map_err(cannot)?;
        let file = file.and_then(|file| file.canonicalize().ok());
        if let Some(above) = file.as_deref().and_then(Path::parent) {
            // Editors replace a file, so that its folder is watched.
            watcher.watch(above, RecursiveMode::NonRecursive).map_err(cannot)?;
        }
        let (reloader, set) = Reloader::start(folder.clone(), !rules.no_site_rules)?;
        Ok((Self { changes, reloader, file, _watcher: watcher }, Cleaner::new(Arc::new(set))))
    }

    /// Waits until something changed and nothing has changed for a while; then the rules as they are now. `None` when
    /// there is nothing to watch any more.
    pub(super) fn next(&mut self, cleaner: &Cleaner) -> Option<Cleaner> {
        while !self.concerns(&self.changes.recv().ok()?) {}
        while self.changes.recv_timeout(DEBOUNCE).is_ok() {}
        let (set, broken) = self.reloader.reload();
        for error in &broken {
            eprintln!("{error}");
        }
        let mut files: Vec<&str> = broken.iter().map(|error| &*error.file).collect();
        files.dedup();
        for file in files {
            eprintln!("copydesk: {file} is broken and keeps its last good version");
        }
        Some(cleaner.with_rules(Arc::new(set)))
    }

    /// Whether a change is one of rules or of the file. Reading them is none.
    fn concerns(&self, change: &notify::Result<Event>) -> bool {
        let Ok(event) = change else { return false };
        let is_ours = |path: &PathBuf| {
            path.extension().is_some_and(|extension| extension == "toml") || self.file.as_ref() == Some(path)
        };
        !event.kind.is_access() && event.paths.iter().any(is_ours)
    }
}

/// A cleaner that changes when its rules do. A document keeps the one it began with.
pub(super) struct Live(Arc<RwLock<Cleaner>>);

impl Live {
    /// Loads the rules and follows them on a thread of its own.
    pub(super) fn start(rules: &RuleArgs) -> Result<Self, Failure> {
        let (mut watch, cleaner) = Watch::start(rules, None)?;
        let live = Arc::new(RwLock::new(cleaner.clone()));
        let shared = Arc::clone(&live);
        std::thread::spawn(move || {
            let mut cleaner = cleaner;
            while let Some(next) = watch.next(&cleaner) {
                tracing::info!("rules were read again");
                cleaner = next;
                // A cleaner is replaced as a whole, so that a panic elsewhere left none half done.
                *shared.write().unwrap_or_else(PoisonError::into_inner) = cleaner.clone();
            }
        });
        Ok(Self(live))
    }

    /// The cleaner as it is now.
    pub(super) fn now(&self) -> Cleaner {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
