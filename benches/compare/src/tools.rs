//! The Rust extractors, each with the settings its documentation gives for articles.

use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use copydesk::Cleaner;
use copydesk::document::Document;
use copydesk::eval::Prediction;
use copydesk::rules::RuleSet;
use dom_smoothie::{Config, Readability, TextMode};
use rs_trafilatura::Options;

use crate::{Found, Page};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// An extractor, ready to run.
pub type Extract = Box<dyn Fn(&Page) -> Result<Found>>;

/// The extractor of that name. A panic of any becomes an error of the page.
pub fn named(name: &str) -> Result<Extract> {
    let extract: Extract = match name {
        "copydesk" => copydesk()?,
        "dom_smoothie" => Box::new(dom_smoothie),
        "rs-trafilatura" => Box::new(rs_trafilatura),
        _ => return Err(format!("no tool `{name}`").into()),
    };
    Ok(Box::new(move |page| {
        catch_unwind(AssertUnwindSafe(|| extract(page))).unwrap_or_else(|_| Err("panicked".into()))
    }))
}

/// Without site rules, so that no page is measured with a rule that was written for it.
fn copydesk() -> Result<Extract> {
    let cleaner = Cleaner::new(Arc::new(RuleSet::load(None, false)?));
    Ok(Box::new(move |page| {
        let document = Document { url: page.url.as_deref(), ..Document::page(&page.html) };
        let Prediction { text, title, authors, date } = Prediction::of(cleaner.clean_document(&document));
        Ok(Found { text, title, authors, date })
    }))
}

fn dom_smoothie(page: &Page) -> Result<Found> {
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let article = Readability::new(page.html.as_str(), page.url.as_deref(), Some(config))?.parse()?;
    Ok(Found {
        text: article.text_content.to_string(),
        title: Some(article.title),
        authors: article.byline.as_deref().map(names).unwrap_or_default(),
        date: article.published_time,
    })
}

fn rs_trafilatura(page: &Page) -> Result<Found> {
    let options = Options { url: page.url.clone(), ..Options::default() };
    let result = rs_trafilatura::extract_with_options(&page.html, &options)?;
    Ok(Found {
        text: result.content_text,
        title: result.metadata.title,
        authors: result.metadata.author.as_deref().map(names).unwrap_or_default(),
        date: result.metadata.date.map(|date| date.to_rfc3339()),
    })
}

/// The names of a byline that a tool gives as one string.
fn names(byline: &str) -> Vec<String> {
    let parts = byline.split([',', ';', '&']).flat_map(|part| part.split(" and "));
    parts.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
