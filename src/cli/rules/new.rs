//! `copydesk rules new`: a first file for a site.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use copydesk::propose;
use copydesk::rules::{RuleSet, site_of};

use super::{one_document, write_new};
use crate::cli::{Exit, Failure, print};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// An address of the site
    url: String,
    /// Pages of the site; three of different kinds tell more than one
    #[arg(long = "page", value_name = "FILE", required = true, num_args = 1..)]
    pages: Vec<PathBuf>,
    /// Write sites/ID.toml in this folder of rules, if it is not there yet [default: standard output]
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Selectors for title, byline, date and body are those that find what the generic extractor found; elements
and lines to remove are what repeats on several pages. Read the file before you use it.

Examples:
  copydesk rules new https://news.example/ --page a.html b.html c.html
  copydesk rules new https://news.example/ --page a.html b.html --rules rules/";

pub(super) fn run(args: &NewArgs) -> Result<Exit, Failure> {
    let Some((host, id)) = site_of(&args.url) else {
        return Err(Failure::Usage(format!("`{}` has no host that a rule file may claim", args.url)));
    };
    let mut pages = vec![];
    for page in &args.pages {
        let mut raw = one_document(page)?;
        if raw.format != copydesk::document::Format::Html {
            return Err(Failure::Usage(format!(
                "{}: a text, which has no elements; pages are needed",
                page.display()
            )));
        }
        raw.url = Some(args.url.clone());
        pages.push(raw);
    }
    if let Some(folder) = &args.rules {
        std::fs::create_dir_all(folder.join("sites")).map_err(Failure::write(folder))?;
    }
    // Rules of sites would be taken for the truth.
    let rules = Arc::new(RuleSet::load(args.rules.as_deref(), false)?);
    let (draft, worth) = match propose::site_file(&rules, &host, pages) {
        Ok(proposed) => proposed,
        Err(error) => {
            eprintln!("copydesk: {error}");
            return Ok(Exit::Found);
        }
    };
    let text = format!("# proposed by `copydesk rules new`: {worth}\n{draft}");
    match &args.rules {
        Some(folder) => {
            let path = folder.join("sites").join(format!("{id}.toml"));
            write_new(&path, &text)?;
            print(&format!("{}: {worth}\n", path.display()))?;
        }
        None => print(&text)?,
    }
    Ok(Exit::Done)
}
