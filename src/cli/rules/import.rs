//! `copydesk rules import-ftr`: FiveFilters' site configs as rule files.

use std::path::PathBuf;
use std::{fmt, fs};

use clap::Args;
use copydesk::import::{self, Fate, Matching, Outcome};
use serde::Serialize;

use super::{Form, in_form, write_new};
use crate::cli::{Exit, Failure, print};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportArgs {
    /// Folder of site configs (`example.com.txt`, `.example.com.txt`)
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Folder of rules to write to: a file a site, in sites/; none that is there is overwritten
    #[arg(short, long, value_name = "DIR")]
    out: PathBuf,
    /// Let strip_id_or_class match parts of names, as Full-Text RSS does, rather than whole ones
    #[arg(long)]
    substring: bool,
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

const EXAMPLES: &str = "\
Tells every line that did not become a rule, with the reason. XPath becomes CSS with modifiers where that
says the same; the rest stays XPath, marked `# imported, XPath`.

Example:
  copydesk rules import-ftr ftr-site-config/ -o rules/";

pub(super) fn run(args: &ImportArgs) -> Result<Exit, Failure> {
    let mut configs: Vec<(String, String)> = vec![];
    for entry in fs::read_dir(&args.folder).map_err(Failure::read(&args.folder))? {
        let path = entry.map_err(Failure::read(&args.folder))?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let bytes = fs::read(&path).map_err(Failure::read(&path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            configs.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    configs.sort();
    let matching = if args.substring { Matching::Substring } else { Matching::Token };
    let outcome = import::ftr(configs.iter().map(|(name, text)| (&**name, &**text)), matching);
    let sites = args.out.join("sites");
    fs::create_dir_all(&sites).map_err(Failure::write(&sites))?;
    let mut exit = Exit::Done;
    for file in &outcome.files {
        if let Err(failure) = write_new(&sites.join(format!("{}.toml", file.id)), &file.text) {
            eprintln!("copydesk: {failure}");
            exit = Exit::Found;
        }
    }
    print(&in_form(&Told { configs: configs.len(), outcome }, args.format))?;
    Ok(exit)
}

#[derive(Serialize)]
struct Told {
    configs: usize,
    #[serde(flatten)]
    outcome: Outcome,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { configs, outcome: Outcome { files, notes, imported } } = self;
        notes.iter().try_for_each(|note| writeln!(f, "{note}"))?;
        let count = |fate: Fate| notes.iter().filter(|note| note.fate == fate).count();
        write!(
            f,
            "{configs} configs became {} files; directives: {imported} imported, {} as XPath, {} as remarks, \
             {} not imported",
            files.len(),
            count(Fate::XPath),
            count(Fate::Remark),
            count(Fate::NotImported)
        )
    }
}
