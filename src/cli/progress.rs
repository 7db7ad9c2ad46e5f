//! How far a run has come, on standard error: a bar on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use copydesk::input;
use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Progress {
    reading: Arc<input::Progress>,
    documents: u64,
    display: Display,
}

enum Display {
    Nothing,
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Progress {
    pub(crate) fn new(reading: Arc<input::Progress>, quiet: bool) -> Self {
        let display = if quiet {
            Display::Nothing
        } else if io::stderr().is_terminal() {
            let (bar, template) = match reading.bytes_total() {
                Some(total) => {
                    (ProgressBar::new(total), "{bar:30} {percent}% {decimal_bytes_per_sec} {msg}, {eta} left")
                }
                None => (ProgressBar::no_length(), "{spinner} {decimal_bytes} {decimal_bytes_per_sec} {msg}"),
            };
            bar.set_style(ProgressStyle::with_template(template).expect("a constant"));
            Display::Bar(bar)
        } else {
            Display::Lines { last: Instant::now() }
        };
        Self { reading, documents: 0, display }
    }

    /// One more document is done.
    pub(crate) fn document(&mut self) {
        self.documents += 1;
        match &mut self.display {
            Display::Nothing => {}
            Display::Bar(bar) => {
                bar.set_position(self.reading.bytes_read());
                bar.set_message(format!("{} documents", self.documents));
            }
            Display::Lines { last } => {
                if last.elapsed() >= LINE_EVERY {
                    *last = Instant::now();
                    let read = self.reading.bytes_read();
                    let share = self
                        .reading
                        .bytes_total()
                        .map(|total| format!(" of {}", DecimalBytes(total)))
                        .unwrap_or_default();
                    let line = format!("{} documents, {}{share}", self.documents, DecimalBytes(read));
                    let _ = writeln!(io::stderr(), "{line}"); // nobody to tell it to is no failure
                }
            }
        }
    }

    /// All is done; the bar goes.
    pub(crate) fn finish(self) {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
    }
}
