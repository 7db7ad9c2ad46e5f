//! Class and id tokens: what a page's markup calls its own parts.
//!
//! Tokens are matched whole ("share-tools" is "share" and "tools"), never as substrings: "widget" and
//! "banner" inside longer words have eaten whole articles elsewhere.

use rustc_hash::FxHashMap;

use crate::label::Kind;
use crate::words::Lookup;

/// What the class and id tokens around a block say about it: log-odds of main content, times 16.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Of the nearest element that has telling tokens.
    pub nearest: i16,
    /// The lowest on the way to the root.
    pub lowest: i16,
    /// The highest on the way to the root.
    pub highest: i16,
    /// The sum on the way to the root.
    pub sum: i16,
}

/// What one token says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meaning {
    /// Log-odds of main content, times 16; 0 where unknown.
    pub weight: i16,
    /// The kind of boilerplate that it names.
    pub kind: Option<Kind>,
}

/// All tokens with a meaning.
#[derive(Debug, Clone, Default)]
pub struct Lexicon(Lookup<Meaning>);

impl Lexicon {
    /// The words that name a kind, with the weights of a model (token and log-odds times 16).
    #[must_use]
    pub fn new<'a>(weights: impl Iterator<Item = (&'a str, i16)>) -> Self {
        let mut meanings: FxHashMap<u32, Meaning> = FxHashMap::default();
        for &(kind, words) in KIND_WORDS {
            for word in words.split(' ') {
                meanings.entry(hash(word.as_bytes())).or_default().kind = Some(kind);
            }
        }
        for (token, weight) in weights {
            meanings.entry(hash(token.as_bytes())).or_default().weight = weight;
        }
        Self(Lookup::new(meanings))
    }

    /// What the tokens of a class or id value say together: the weight of largest size, the last kind.
    #[must_use]
    pub fn read(&self, value: &str) -> Meaning {
        let mut all = Meaning::default();
        each_hashed(value, |hash, _| {
            if let Some(meaning) = self.0.get(hash) {
                if meaning.weight.abs() > all.weight.abs() {
                    all.weight = meaning.weight;
                }
                all.kind = meaning.kind.or(all.kind);
            }
        });
        all
    }
}

/// Calls `found` with each token of a class or id value, as it is written: parts between
/// non-alphanumeric characters, split again where a capital follows a small letter.
pub fn each(value: &str, mut found: impl FnMut(&[u8])) {
    each_hashed(value, |_, token| found(token));
}

/// The same with the hash of the token in lower case.
#[inline]
fn each_hashed(value: &str, mut found: impl FnMut(u32, &[u8])) {
    let bytes = value.as_bytes();
    let (mut start, mut hash, mut after_small) = (0, SEED, false);
    for (at, &byte) in bytes.iter().enumerate() {
        let lower = LOWER[usize::from(byte)];
        let is_capital = lower != byte;
        if lower == 0 || is_capital && after_small {
            if at > start + 1 {
                found(hash, &bytes[start..at]);
            }
            (start, hash) = (at, SEED);
        }
        if lower == 0 {
            start = at + 1;
        } else {
            hash = mix(hash, lower);
        }
        after_small = byte.is_ascii_lowercase();
    }
    if bytes.len() > start + 1 {
        found(hash, &bytes[start..]);
    }
}

/// The bytes of tokens in lower case; 0 for those between tokens.
const LOWER: [u8; 256] = {
    let mut lower = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let own = byte as u8;
        if own.is_ascii_alphanumeric() || own >= 0x80 {
            lower[byte] = own.to_ascii_lowercase();
        }
        byte += 1;
    }
    lower
};

/// Hash of bytes (FNV-1a).
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(SEED, |hash, &byte| mix(hash, byte))
}

const SEED: u32 = 0x811c_9dc5;

fn mix(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Words that name a kind where a page's author uses them as class or id.
const KIND_WORDS: &[(Kind, &str)] = &[
    (
        Kind::Navigation,
        "nav navbar navigation menu submenu topbar masthead sitemap footer pagination pager skip toolbar",
    ),
    (Kind::Breadcrumb, "breadcrumb breadcrumbs crumb crumbs"),
    (Kind::Comments, "comment comments disqus commentlist respond replies coral commento"),
    (Kind::Share, "share sharing social sharedaddy addtoany addthis sharebar follow socials"),
    (
        Kind::Related,
        "related recommended recommendations recirc teaser teasers outbrain taboola trending popular mostread readmore upnext carousel",
    ),
    (Kind::Newsletter, "newsletter newsletters signup mailchimp optin"),
    (Kind::CookieNotice, "cookie cookies consent gdpr ccpa onetrust"),
    (
        Kind::Advert,
        "ad ads advert adverts advertisement advertising sponsor sponsored dfp adsense promo anzeige werbung",
    ),
    (Kind::Caption, "caption captions figcaption bildunterschrift legende"),
    (Kind::PhotoCredit, "credit credits photographer copyrightholder"),
    (Kind::Byline, "byline bylines author authors autor autoren"),
    (Kind::AuthorBio, "bio biography aboutauthor authorbio authorbox"),
    (Kind::Dateline, "date datetime timestamp published pubdate dateline datum"),
    (Kind::TagList, "tags taglist topics keywords tagcloud hashtags"),
    (Kind::PaywallPrompt, "paywall subscribe subscription piano regwall login"),
    (Kind::Copyright, "copyright colophon"),
    (Kind::Legal, "legal disclaimer terms privacy imprint impressum"),
    (Kind::Player, "player video audio podcast playlist"),
    (Kind::AppPromo, "appstore appbanner smartbanner"),
    (Kind::SectionLabel, "category categories kicker eyebrow section-label"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_whole_words() {
        let mut seen = vec![];
        each("share-tools socialBar_x  c-widgetry2", |token| {
            seen.push(String::from_utf8_lossy(token).into_owned())
        });
        assert_eq!(seen, ["share", "tools", "social", "Bar", "widgetry2"]);
    }

    #[test]
    fn meanings_are_found_in_any_case_and_never_inside_words() {
        let lexicon = Lexicon::new([("body", 40)].into_iter());
        assert_eq!(lexicon.read("Article-Body").weight, 40);
        assert_eq!(lexicon.read("antibody").weight, 0);
        assert_eq!(lexicon.read("story shareBar").kind, Some(Kind::Share));
        assert_eq!(lexicon.read("shareholder").kind, None);
    }
}
