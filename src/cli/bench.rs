//! `copydesk bench`: how fast a dump in memory is cleaned, and where the time goes.

use std::fmt::Write;
use std::time::{Duration, Instant};

use clap::Args;
use copydesk::Cleaner;
use copydesk::document::RawDoc;
use copydesk::pipeline::{clean_guarded, guarded};
use copydesk::timing::StepTimes;
use rayon::prelude::*;
use serde::Serialize;

use super::{Exit, Failure, InputArgs, RuleArgs, pool, print};

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// Measure each number of threads for at least this long; whole passes over the dump are counted
    #[arg(long, value_name = "N", default_value_t = 3.0)]
    seconds: f64,
    /// Number of threads of the second measurement, after that on one [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How many of the slowest documents are listed.
const SLOWEST: usize = 10;

/// All figures. Times are in seconds, sizes in bytes, MB are 10^6 bytes of documents.
#[derive(Serialize)]
struct Figures {
    documents: usize,
    bytes: usize,
    /// Documents that could not be read from the input, and are not measured.
    unreadable: usize,
    /// Documents that failed in cleaning.
    failed: usize,
    speeds: Vec<Speed>,
    steps: Vec<StepShare>,
    slowest: Vec<Slow>,
    /// The whole process with the dump; `None` where the system does not tell.
    peak_memory: Option<u64>,
}

#[derive(Serialize)]
struct Speed {
    threads: usize,
    passes: u32,
    seconds: f64,
    cpu_seconds: Option<f64>,
    documents_per_second: f64,
    megabytes_per_second: f64,
}

/// Time of one step in one pass on one thread.
#[derive(Serialize)]
struct StepShare {
    step: &'static str,
    seconds: f64,
    share: f64,
}

#[derive(Serialize)]
struct Slow {
    id: String,
    bytes: usize,
    seconds: f64,
}

pub(crate) fn run(args: &BenchArgs) -> Result<Exit, Failure> {
    let cleaner = args.rules.cleaner()?;
    let mut unreadable = 0;
    let readable = |document: Result<RawDoc, _>| document.inspect_err(|_| unreadable += 1).ok();
    let dump: Vec<RawDoc> = args.input.open()?.filter_map(readable).collect();
    if dump.is_empty() {
        return Err(Failure::Usage("nothing to measure: the input holds no document".to_owned()));
    }
    let bytes = dump.iter().map(|raw| raw.bytes.len()).sum();

    let pools = [pool(Some(1))?, pool(args.threads)?];
    let mut speeds = Vec::new();
    for pool in &pools {
        if pool.current_num_threads() > 1 || speeds.is_empty() {
            speeds.push(speed(
                pool,
                &cleaner,
                &dump,
                bytes,
                Duration::from_secs_f64(args.seconds.clamp(0.0, 3600.0)),
            ));
        }
    }
    // On the thread that is warm by now.
    let (steps, slowest, failed) = pools[0].install(|| one_pass_by_step(&cleaner, &dump));
    let peak_memory = peak_memory();
    let figures =
        Figures { documents: dump.len(), bytes, unreadable, failed, speeds, steps, slowest, peak_memory };
    if args.json {
        let json = serde_json::to_string(&figures).expect("numbers and strings into memory never fail");
        print(&(json + "\n"))?;
    } else {
        print(&told(&figures))?;
    }
    Ok(Exit::Done)
}

/// One pass on this thread: time by step, the slowest documents, and how many failed.
fn one_pass_by_step(cleaner: &Cleaner, dump: &[RawDoc]) -> (Vec<StepShare>, Vec<Slow>, usize) {
    let mut times = StepTimes::default();
    let mut slowest = Vec::new();
    let mut failed = 0;
    for raw in dump {
        let started = Instant::now();
        times.begin();
        failed += usize::from(guarded(raw, || cleaner.clean_timed(raw, &mut times)).is_err());
        let seconds = started.elapsed().as_secs_f64();
        slowest.push(Slow { id: raw.id.clone(), bytes: raw.bytes.len(), seconds });
    }
    slowest.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    slowest.truncate(SLOWEST);
    let all: Duration = times.by_step().map(|(_, time)| time).sum();
    let steps = times.by_step().map(|(step, time)| StepShare {
        step,
        seconds: time.as_secs_f64(),
        share: time.as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE),
    });
    (steps.collect(), slowest, failed)
}

/// Cleans the whole dump again and again until the time is over, after a pass that does not count: in the first one
/// rules are made ready, and threads take their memory.
fn speed(
    pool: &rayon::ThreadPool,
    cleaner: &Cleaner,
    dump: &[RawDoc],
    bytes: usize,
    at_least: Duration,
) -> Speed {
    let pass = || {
        pool.install(|| {
            dump.par_iter().with_max_len(1).for_each(|raw| {
                std::hint::black_box(clean_guarded(cleaner, raw).ok());
            });
        });
    };
    pass();
    let (started, cpu) = (Instant::now(), cpu_seconds());
    let mut passes = 0;
    while passes == 0 || started.elapsed() < at_least {
        pass();
        passes += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    let per_second = |amount: usize| amount as f64 * f64::from(passes) / seconds.max(f64::MIN_POSITIVE);
    Speed {
        threads: pool.current_num_threads(),
        passes,
        seconds,
        cpu_seconds: cpu_seconds().zip(cpu).map(|(after, before)| after - before),
        documents_per_second: per_second(dump.len()),
        megabytes_per_second: per_second(bytes) / 1e6,
    }
}

fn told(figures: &Figures) -> String {
    let Figures { documents, bytes, unreadable, failed, speeds, steps, slowest, peak_memory } = figures;
    let mut out = format!("{documents} documents, {:.1} MB", megabytes(*bytes));
    if unreadable + failed > 0 {
        let _ = write!(out, " ({failed} failed; {unreadable} more could not be read)"); // into memory: never fails
    }
    for Speed { threads, passes, seconds, cpu_seconds, documents_per_second, megabytes_per_second } in speeds
    {
        let cpu = cpu_seconds.map(|cpu| format!(", CPU {cpu:.2} s")).unwrap_or_default();
        let _ = write!(
            out,
            "\n{threads:>3} thread{}: {documents_per_second:.0} documents/s, {megabytes_per_second:.1} MB/s \
             ({passes} passes in {seconds:.2} s{cpu})",
            if *threads == 1 { " " } else { "s" }
        );
    }
    out.push_str("\ntime by step (one thread):");
    for StepShare { step, seconds, share } in steps {
        let _ = write!(out, "\n  {step:10} {:8.1} ms  {:5.1} %", seconds * 1e3, share * 100.0);
    }
    out.push_str("\nslowest documents (one thread):");
    for Slow { id, bytes, seconds } in slowest {
        let _ = write!(out, "\n  {:8.1} ms  {:8.3} MB  {id}", seconds * 1e3, megabytes(*bytes));
    }
    if let Some(peak) = peak_memory {
        let _ = write!(out, "\npeak memory, with the dump: {:.0} MB", *peak as f64 / 1e6);
    }
    out.push('\n');
    out
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// Most memory that the process ever held, in bytes, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// Processor time of the process so far, where the system tells (Linux, whose ticks are 1/100 s for
/// user space on every architecture).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in brackets may hold anything; user and system time are 12th and 13th behind it.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}
