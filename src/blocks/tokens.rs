//! Class and id tokens: what a page's markup calls its own parts.
//!
//! Tokens are matched whole ("share-tools" is "share" and "tools"), never as substrings: "widget" and
//! "banner" inside longer words have eaten whole articles elsewhere.

use std::ops::Range;

use rustc_hash::FxHashMap;
use wide::u8x16;

use crate::ascii::{CHUNK, is_within, window};
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
                meanings.entry(hash(word.as_bytes(), 0..word.len())).or_default().kind = Some(kind);
            }
        }
        for (token, weight) in weights {
            meanings.entry(hash(token.as_bytes(), 0..token.len())).or_default().weight = weight;
        }
        Self(Lookup::new(meanings))
    }

    /// What the tokens of a class or id value say together: the weight of largest size, the last kind.
    #[must_use]
    pub fn read(&self, value: &str) -> Meaning {
        let mut all = Meaning::default();
        each_range(value, |token| {
            if let Some(meaning) = self.0.get(hash(value.as_bytes(), token)) {
                if meaning.weight.abs() > all.weight.abs() {
                    all.weight = meaning.weight;
                }
                all.kind = meaning.kind.or(all.kind);
            }
        });
        all
    }
}

/// Calls `found` with each token of two and more bytes of a class or id value, as it is written: parts between
/// non-alphanumeric characters, split again where a capital follows a small letter.
pub fn each(value: &str, mut found: impl FnMut(&[u8])) {
    each_range(value, |token| found(&value.as_bytes()[token]));
}

#[inline]
fn each_range(value: &str, mut found: impl FnMut(Range<usize>)) {
    let bytes = value.as_bytes();
    let (mut start, mut after_small) = (0, 0);
    for at in (0..bytes.len()).step_by(CHUNK) {
        let chunk = u8x16::new(window(&bytes[at..]));
        let mask = |chars: u8x16| chars.to_bitmask();
        let (small, capital) = (mask(is_within(chunk, b'a', b'z')), mask(is_within(chunk, b'A', b'Z')));
        // The highest bit of a byte says that it is beyond ASCII.
        let others = mask(is_within(chunk, b'0', b'9')) | mask(chunk);
        let mut gaps = !(small | capital | others) & 0xffff;
        let mut edges = gaps | capital & (small << 1 | after_small);
        if bytes.len() - at < CHUNK {
            edges &= (1 << (bytes.len() - at)) - 1;
            gaps &= edges;
        }
        while edges != 0 {
            let edge = edges.trailing_zeros() as usize;
            let end = at + edge;
            if end > start + 1 {
                found(start..end);
            }
            start = end + (gaps >> edge & 1) as usize;
            edges &= edges - 1;
        }
        after_small = small >> (CHUNK - 1);
    }
    if bytes.len() > start + 1 {
        found(start..bytes.len());
    }
}

/// Hash of a token in lower case; `bytes` are all that it stands in.
#[inline]
fn hash(bytes: &[u8], token: Range<usize>) -> u32 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = token.len() as u64;
    for at in token.clone().step_by(CHUNK) {
        let chunk = u8x16::new(window(&bytes[at..]));
        let lower = chunk | is_within(chunk, b'A', b'Z') & u8x16::splat(b'a' - b'A');
        let mut lower = u128::from_le_bytes(lower.to_array());
        if token.end - at < CHUNK {
            lower &= (1 << (8 * (token.end - at))) - 1;
        }
        for half in [lower as u64, (lower >> 64) as u64] {
            hash = (hash ^ half).wrapping_mul(MULTIPLIER);
            hash ^= hash >> 32;
        }
    }
    hash as u32
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_are_whole_words() {
        let mut seen = vec![];
        each("share-tools socialBar_x  c-widgetry2", |token| {
            seen.push(String::from_utf8_lossy(token).into_owned())
        });
        assert_eq!(seen, ["share", "tools", "social", "Bar", "widgetry2"]);
    }

    /// The same byte by byte.
    fn tokens(value: &str) -> Vec<String> {
        let (mut tokens, mut last) = (vec![vec![]], b' ');
        for &byte in value.as_bytes() {
            if byte.is_ascii_uppercase() && last.is_ascii_lowercase() {
                tokens.push(vec![]);
            }
            match byte.is_ascii() && !byte.is_ascii_alphanumeric() {
                true => tokens.push(vec![]),
                false => tokens.last_mut().unwrap().push(byte),
            }
            last = byte;
        }
        let tokens = tokens.into_iter().filter(|token| token.len() > 1);
        tokens.map(|token| String::from_utf8(token).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn tokens_are_told_sixteen_bytes_at_a_time(value in "[a-dA-D0-1é_ -]{0,60}") {
            let mut seen = vec![];
            each(&value, |token| seen.push(String::from_utf8(token.to_vec()).unwrap()));
            prop_assert_eq!(&seen, &tokens(&value));
            each_range(&value, |token| {
                let lower = value[token.clone()].to_ascii_lowercase();
                assert_eq!(hash(value.as_bytes(), token), hash(lower.as_bytes(), 0..lower.len()));
            });
        }
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
