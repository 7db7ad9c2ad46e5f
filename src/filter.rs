//! What a user wants of the articles that came out, by language, length, day and host.

use jiff::civil::Date;
use serde::{Serialize, Serializer};
use url::Url;

use crate::article::{DropReason, Verdict};
use crate::cleaner::Cleaned;
use crate::document::RawDoc;
use crate::words;

/// Which articles are wanted; the default is all of them.
///
/// What is not known does not pass: an article without a date falls to a range of days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Filter {
    /// Languages, as ISO 639-1 codes; none is all.
    pub languages: Vec<String>,
    /// Least number of words.
    pub min_words: usize,
    /// First day of publication, as the page's own clock shows it.
    #[serde(serialize_with = "as_text")]
    pub since: Option<Date>,
    /// Last day of publication.
    #[serde(serialize_with = "as_text")]
    pub until: Option<Date>,
    /// Hosts, with those below them (`news.example` is `www.news.example` too); none is all.
    pub hosts: Vec<String>,
    /// Hosts that are not wanted, with those below them.
    pub not_hosts: Vec<String>,
}

fn as_text<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    date.map(|date| date.to_string()).serialize(serializer)
}

impl Filter {
    /// Drops an article that is not wanted. A document without an article stays what it is.
    pub fn apply(&self, raw: &RawDoc, cleaned: &mut Cleaned) {
        if !matches!(cleaned.verdict, Verdict::Dropped(_))
            && let Some(reason) = self.objection(raw, cleaned)
        {
            cleaned.verdict = Verdict::Dropped(reason);
        }
    }

    fn objection(&self, raw: &RawDoc, cleaned: &Cleaned) -> Option<DropReason> {
        let metadata = &cleaned.metadata;
        if !self.hosts.is_empty() || !self.not_hosts.is_empty() {
            let canonical = metadata.url.as_ref().map(|url| url.value.as_str());
            let host = raw.url.as_deref().or(canonical).and_then(|url| Url::parse(url).ok());
            let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
            let wanted = self.hosts.is_empty() || self.hosts.iter().any(|name| is_within(host, name));
            if !wanted || self.not_hosts.iter().any(|name| is_within(host, name)) {
                return Some(DropReason::Host);
            }
        }
        if !self.languages.is_empty() {
            let lang = metadata.lang.as_ref().map_or("", |lang| lang.value.as_str());
            if !self.languages.iter().any(|wanted| wanted.eq_ignore_ascii_case(lang)) {
                return Some(DropReason::Language);
            }
        }
        if self.since.is_some() || self.until.is_some() {
            let date = metadata.date.as_ref().and_then(|date| date.value.get(..10)?.parse::<Date>().ok());
            let inside = |date| {
                self.since.is_none_or(|since| date >= since) && self.until.is_none_or(|until| date <= until)
            };
            if !date.is_some_and(inside) {
                return Some(DropReason::Date);
            }
        }
        (self.min_words > 0 && words::count(&cleaned.text()) < self.min_words).then_some(DropReason::FewWords)
    }
}

fn is_within(host: &str, name: &str) -> bool {
    let Some(at) = host.len().checked_sub(name.len()) else { return false };
    host.is_char_boundary(at)
        && host[at..].eq_ignore_ascii_case(name)
        && (at == 0 || host[..at].ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_holds_those_below_it_and_no_others() {
        for (host, name, within) in [
            ("news.example", "news.example", true),
            ("www.News.example", "news.example", true),
            ("oldnews.example", "news.example", false),
            ("news.example", "www.news.example", false),
            ("", "news.example", false),
            ("xé.example", "\u{e9}.example", false),
        ] {
            assert_eq!(is_within(host, name), within, "{host} {name}");
        }
    }
}
