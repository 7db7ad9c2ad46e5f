//! Many documents at once, in order and in bounded memory.
//!
//! One thread reads the input into batches; the workers of a pool clean a batch while the next one is
//! read and the one before is written. Results keep the order of the input, so the output does not
//! depend on the number of threads.
//!
//! Invariant: at most two batches of documents and two of results exist at any time.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::cleaner::{Cleaned, Cleaner};
use crate::document::RawDoc;
use crate::error::{DocError, Stage};

/// Bytes of documents after which a batch is full.
const BATCH_BYTES: usize = 8 << 20;

/// Documents after which a batch is full.
const BATCH_DOCS: usize = 512;

/// Takes each item of `input` through `work` on the pool's threads and hands the results to `sink`
/// in the order of the input. `size` tells how many bytes an item holds.
///
/// # Errors
/// The first error of `sink`; nothing more is read or done then.
///
/// # Panics
/// If reading `input` panics: what comes after it would be lost in silence otherwise.
pub fn run<I, T, E>(
    pool: &ThreadPool,
    input: impl Iterator<Item = I> + Send + 'static,
    size: fn(&I) -> usize,
    work: impl Fn(I) -> T + Sync,
    mut sink: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E>
where
    I: Send + 'static,
    T: Send,
    E: Send,
{
    // A rendezvous: the reader holds one finished batch at most. It is not joined when `sink` fails,
    // since it may be waiting for an input that never ends.
    let (sender, batches) = sync_channel(0);
    let reader = thread::spawn(move || fill_batches(input, size, &sender));
    let mut done: Vec<T> = Vec::new();
    while let Some(batch) = next_batch(&batches, &mut done, &mut sink)? {
        let before = std::mem::take(&mut done);
        let (cleaned, written) = pool.join(
            || batch.into_par_iter().with_max_len(1).map(&work).collect(),
            || before.into_iter().try_for_each(&mut sink),
        );
        written?;
        done = cleaned;
    }
    if let Err(cause) = reader.join() {
        panic::resume_unwind(cause);
    }
    Ok(())
}

fn fill_batches<I>(input: impl Iterator<Item = I>, size: fn(&I) -> usize, batches: &SyncSender<Vec<I>>) {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    for item in input {
        bytes += size(&item);
        batch.push(item);
        if bytes >= BATCH_BYTES || batch.len() >= BATCH_DOCS {
            if batches.send(std::mem::take(&mut batch)).is_err() {
                return; // the writer gave up
            }
            bytes = 0;
        }
    }
    if !batch.is_empty() {
        let _ = batches.send(batch); // an error says that the writer gave up
    }
}

/// The next batch; while there is none yet, what is done is written.
fn next_batch<I, T, E>(
    batches: &Receiver<Vec<I>>,
    done: &mut Vec<T>,
    sink: &mut impl FnMut(T) -> Result<(), E>,
) -> Result<Option<Vec<I>>, E> {
    match batches.try_recv() {
        Ok(batch) => Ok(Some(batch)),
        Err(TryRecvError::Empty | TryRecvError::Disconnected) => {
            done.drain(..).try_for_each(sink)?;
            Ok(batches.recv().ok())
        }
    }
}

/// Cleans a document; a panic becomes that document's error.
///
/// # Errors
/// As [`Cleaner::clean`], or the panic's message.
pub fn clean_guarded(cleaner: &Cleaner, raw: &RawDoc) -> Result<Cleaned, DocError> {
    guarded(raw, || cleaner.clean(raw))
}

/// Does something with a document; a panic, a defect of ours, becomes that document's error.
///
/// # Errors
/// What `work` returns, or the panic's message.
pub fn guarded<T>(raw: &RawDoc, work: impl FnOnce() -> Result<T, DocError>) -> Result<T, DocError> {
    // Cleaning shares nothing that it changes but caches, so a panic leaves nothing half done behind.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|cause| {
        let message = cause
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| cause.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Err(DocError {
            location: raw.source.clone(),
            id: Some(raw.id.clone()),
            stage: Stage::Clean,
            message: format!("panicked: {message}"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Charset, Format, Location};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn pool(threads: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    #[test]
    fn results_keep_the_order_of_the_input() {
        for threads in [1, 2, 8] {
            let mut seen = Vec::new();
            // Two full batches and a rest; the size of an item fills one in the middle.
            let input = 0..1300_usize;
            let size = |item: &usize| if *item == 600 { BATCH_BYTES } else { 1 };
            run(
                &pool(threads),
                input,
                size,
                |item| item * 2,
                |item| -> Result<(), ()> {
                    seen.push(item);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(seen, (0..1300).map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_of_the_sink_ends_the_run_even_if_the_input_never_does() {
        let made = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&made);
        let endless = (0..).inspect(move |_| _ = counter.fetch_add(1, Ordering::Relaxed));
        let result = run(
            &pool(2),
            endless,
            |_| 1,
            |item: u64| item,
            |item| if item < 5 { Ok(()) } else { Err("full") },
        );
        assert_eq!(result, Err("full"));
        // What was read ahead: the batch at hand, the one being cleaned and the one offered.
        assert!(made.load(Ordering::Relaxed) <= 4 * BATCH_DOCS);
    }

    #[test]
    #[should_panic(expected = "the reader broke")]
    fn a_panic_of_the_reader_is_not_taken_for_the_end() {
        let input = (0..600).inspect(|&item| assert!(item < 550, "the reader broke"));
        let _ = run(&pool(1), input, |_| 1, |item| item, |_| Ok::<(), ()>(()));
    }

    #[test]
    fn a_panic_is_one_documents_error() {
        let raw = RawDoc {
            id: "a17".to_owned(),
            url: None,
            source: Location { path: "dump.jsonl".into(), record: 17, offset: 99 },
            format: Format::Text,
            charset: Charset::Utf8,
            captured: None,
            bytes: Vec::new(),
        };
        let number = 3;
        let error = guarded(&raw, || -> Result<(), _> { panic!("slice {number} is not there") }).unwrap_err();
        assert_eq!(error.to_string(), "dump.jsonl:17 (byte 99): panicked: slice 3 is not there");
        assert_eq!((error.id.as_deref(), error.stage), (Some("a17"), Stage::Clean));
        assert!(guarded(&raw, || Ok(1)).is_ok());
    }
}
