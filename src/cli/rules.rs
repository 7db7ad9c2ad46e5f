//! `copydesk rules`: are the rule files sound, and which of them apply to a page?

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use copydesk::proof;
use copydesk::rules::RuleSet;
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
            std::fs::read_dir(folder).map_err(Failure::read(folder))?;
            let mut checked = RuleSet::check_folder(folder);
            proof::run_page_tests(&mut checked, Some(folder));
            print(&in_form(&checked, *format))?;
            Ok(if checked.errors > 0 { Exit::Found } else { Exit::Done })
        }
        RulesVerb::Which { url, rules, format } => {
            let which = RuleSet::load(rules.as_deref(), true)?.which(url);
            print(&in_form(&which, *format))?;
            Ok(Exit::Done)
        }
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
