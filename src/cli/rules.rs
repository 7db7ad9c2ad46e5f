//! `copydesk rules`: are the rule files sound, and which of them apply to a page?

use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use copydesk::proof;
use copydesk::rules::{Checked, Diagnostic, RuleSet};
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
