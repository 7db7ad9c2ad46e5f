//! Where the time of cleaning goes.
//!
//! `Cleaner` tells a [`Clock`] when it has done a step. [`NoClock`] hears nothing and costs nothing, since
//! the compiler sees that there is nothing to do; [`StepTimes`] adds up.

use std::time::{Duration, Instant};

/// A step on the path of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes to characters.
    Decode,
    /// HTML to a tree.
    Parse,
    /// JSON-LD, title, authors, dates and the like.
    Metadata,
    /// Tree or text to blocks.
    Blocks,
    /// Finding and applying rules.
    Rules,
    /// Features and scores of the structure model.
    Model,
    /// One label for each block.
    Label,
    /// Putting the article together, and the verdict.
    Article,
}

impl Step {
    /// All steps with their names, in the order of the path.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Decode, "decode"),
        (Self::Parse, "parse"),
        (Self::Metadata, "metadata"),
        (Self::Blocks, "blocks"),
        (Self::Rules, "rules"),
        (Self::Model, "model"),
        (Self::Label, "label"),
        (Self::Article, "article"),
    ];
}

/// Hears when a step is done.
pub trait Clock {
    /// The time since the last call, or since the document was begun, went into this step.
    fn done(&mut self, step: Step);
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoClock;

impl Clock for NoClock {
    fn done(&mut self, _step: Step) {}
}

/// Time by step, over any number of documents.
#[derive(Debug, Clone)]
pub struct StepTimes {
    since: Instant,
    times: [Duration; Step::ALL.len()],
}

impl Default for StepTimes {
    fn default() -> Self {
        Self { since: Instant::now(), times: Default::default() }
    }
}

impl StepTimes {
    /// A document begins.
    pub fn begin(&mut self) {
        self.since = Instant::now();
    }

    /// The steps' names and times, in the order of the path.
    pub fn by_step(&self) -> impl Iterator<Item = (&'static str, Duration)> {
        Step::ALL.into_iter().map(|(step, name)| (name, self.times[step as usize]))
    }
}

impl Clock for StepTimes {
    fn done(&mut self, step: Step) {
        let now = Instant::now();
        self.times[step as usize] += now - self.since;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_to_the_step_that_was_done() {
        let mut times = StepTimes::default();
        times.begin();
        std::thread::sleep(Duration::from_millis(5));
        times.done(Step::Parse);
        let by_step: Vec<_> = times.by_step().collect();
        assert!(by_step[Step::Parse as usize].1 >= Duration::from_millis(5));
        assert_eq!(by_step[Step::Decode as usize], ("decode", Duration::ZERO));
        for (index, (step, _)) in Step::ALL.iter().enumerate() {
            assert_eq!(*step as usize, index);
        }
    }
}
