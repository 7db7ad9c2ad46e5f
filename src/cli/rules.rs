//! `copydesk rules`: are the rule files sound, and which of them apply to a page?

mod explain;
mod impact;
mod import;
mod new;
mod pairs;
mod stats;

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use copydesk::document::RawDoc;
use copydesk::input;
use copydesk::proof;
use copydesk::rules::{Checked, Diagnostic, RuleSet, json_schema};
use serde::Serialize;

use super::{Exit, Failure, print};

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    verb: RulesVerb,
}

#[derive(Debug, Subcommand)]
enum RulesVerb {
    /// Check a folder of rule files: all errors and warnings with file, line and column, and their tests
    Check {
        /// The folder, laid over the shipped rules as --rules does
        #[arg(value_name = "DIR", default_value = "rules")]
        folder: PathBuf,
        #[arg(long, value_enum, default_value_t = Form::Text)]
        format: Form,
    },
    /// Run the tests that rule files carry, on lines and on pages
    Test {
        /// The folder, laid over the shipped rules as --rules does
        #[arg(value_name = "DIR", default_value = "rules")]
        folder: PathBuf,
        /// Make failed tests on fixtures expect what comes out now; look at the changes before you keep them
        #[arg(long)]
        bless: bool,
        #[arg(long, value_enum, default_value_t = Form::Text)]
        format: Form,
    },
    /// Tell which rule files apply to a page
    Which {
        /// The page's address
        url: String,
        /// Lay the rule files of this folder over the shipped ones
        #[arg(long, value_name = "DIR")]
        rules: Option<PathBuf>,
        #[arg(long, value_enum, default_value_t = Form::Text)]
        format: Form,
    },
    /// Tell everything the rules find on a page: files, layout, and every hit with its address
    Explain(explain::ExplainArgs),
    /// Propose a file for a site, out of some of its pages
    New(new::NewArgs),
    /// Tell which rules of a run are dead: patterns without hits, bodies missed, guards fired
    Stats(stats::StatsArgs),
    /// Tell which documents and lines change between two folders of rules, worst first
    Impact(impact::ImpactArgs),
    /// Print the JSON schema of rule files, for editors
    Schema,
    /// Make rule files of FiveFilters' site configs, and tell what could not be carried over
    ImportFtr(import::ImportArgs),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    Text,
    Json,
}

pub(crate) fn run(args: &RulesArgs) -> Result<Exit, Failure> {
    match &args.verb {
        RulesVerb::Check { folder, format } => {
            let checked = check(folder)?;
            print(&in_form(&checked, *format))?;
            Ok(if checked.errors > 0 { Exit::Found } else { Exit::Done })
        }
        RulesVerb::Test { folder, bless, format } => {
            let mut checked = check(folder)?;
            let mut blessed = None;
            if *bless {
                let failed =
                    |error: proof::BlessError| Failure::Write { path: error.path, cause: error.source };
                blessed = Some(proof::bless(&checked, folder).map_err(failed)?);
                checked = check(folder)?;
            }
            let mut failures = checked.diagnostics;
            failures.retain(|found| !found.code.is_warning());
            let exit = if failures.is_empty() { Exit::Done } else { Exit::Found };
            print(&in_form(&Tested { failures, tests: checked.tests, blessed }, *format))?;
            Ok(exit)
        }
        RulesVerb::Which { url, rules, format } => {
            let which = RuleSet::load(rules.as_deref(), true)?.which(url);
            print(&in_form(&which, *format))?;
            Ok(Exit::Done)
        }
        RulesVerb::Explain(args) => explain::run(args),
        RulesVerb::New(args) => new::run(args),
        RulesVerb::Stats(args) => stats::run(args),
        RulesVerb::Impact(args) => impact::run(args),
        RulesVerb::Schema => {
            print(&in_form(&json_schema(), Form::Json))?;
            Ok(Exit::Done)
        }
        RulesVerb::ImportFtr(args) => import::run(args),
    }
}

fn check(folder: &Path) -> Result<Checked, Failure> {
    std::fs::read_dir(folder).map_err(Failure::read(folder))?;
    let mut checked = RuleSet::check_folder(folder);
    proof::run_page_tests(&mut checked, Some(folder));
    Ok(checked)
}

/// What came of the tests.
#[derive(Debug, Serialize)]
struct Tested {
    /// Failed tests, and errors of files, whose tests cannot be trusted then.
    failures: Vec<Diagnostic>,
    /// Tests that were run.
    tests: usize,
    /// Expectations that were rewritten.
    #[serde(skip_serializing_if = "Option::is_none")]
    blessed: Option<usize>,
}

impl fmt::Display for Tested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failures {
            writeln!(f, "{failure}")?;
        }
        write!(f, "{} tests run: ", self.tests)?;
        match self.failures.len() {
            0 => write!(f, "all pass")?,
            failures => write!(f, "{failures} failures")?,
        }
        self.blessed.map_or(Ok(()), |blessed| write!(f, "; {blessed} expectations rewritten"))
    }
}

/// The one document of a file.
fn one_document(file: &Path) -> Result<RawDoc, Failure> {
    let inputs = [file.to_owned()];
    input::check(&inputs).map_err(Failure::Inputs)?;
    let mut documents = input::open(&inputs, input::InputOptions::default());
    let first = documents.next().ok_or_else(|| Failure::Usage(format!("{}: no document", file.display())))?;
    let first = first.map_err(|error| Failure::Usage(error.to_string()))?;
    if documents.next().is_some() {
        return Err(Failure::Usage(format!("{}: several documents; this takes one", file.display())));
    }
    Ok(first)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = std::fs::File::create_new(path).map_err(Failure::write(path))?;
    file.write_all(text.as_bytes()).map_err(Failure::write(path))
}

fn in_form<T: std::fmt::Display + Serialize>(value: &T, form: Form) -> String {
    match form {
        Form::Text => format!("{value}\n"),
        Form::Json => {
            let json =
                serde_json::to_string_pretty(value).expect("strings and numbers into memory never fail");
            json + "\n"
        }
    }
}
