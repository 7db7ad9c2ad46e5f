//! The format of rule files as a table: which tables there are, which keys each has, what a key takes and what it
//! is for. The readers know a key only if it stands here, and the JSON schema for editors is made of it.

use super::source::Place;

/// A table of a rule file.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name in the schema.
    pub(super) name: &'static str,
    /// How a message says where a key stands.
    pub(super) place: &'static str,
    pub(super) keys: &'static [Key],
    /// Keys without which it means nothing.
    pub(super) required: &'static [&'static str],
    /// What a key takes that is the name of a kind of boilerplate, where those are keys.
    pub(super) kinds: Option<Takes>,
}

impl Table {
    /// Whether it has this key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|known| known.name == key)
    }

    /// The names of its keys.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

/// A key of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) takes: Takes,
    /// What it is for, in a sentence.
    pub(super) about: &'static str,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Takes {
    /// A string.
    Text,
    /// The name of a kind of boilerplate.
    Kind,
    /// One of these words.
    Word(&'static [&'static str]),
    Boolean,
    /// An integer, the bounds included.
    Integer(i64, i64),
    /// A number from 0 to 1.
    Share,
    Date,
    List(&'static Takes),
    Table(&'static Table),
    /// A string, or a table that says more.
    TextOr(&'static Table),
}

use Place::{Family, Generic, Local, Site};
use Takes::{Boolean, Date, Integer, Kind, List, Share, Text, TextOr, Word};

const fn key(name: &'static str, takes: Takes, about: &'static str) -> Key {
    Key { name, takes, about }
}

const TEXTS: Takes = List(&Text);
const REPLACES: Takes = List(&Takes::Table(&REPLACE));
const LAYOUTS: Takes = List(&Takes::Table(&LAYOUT));
const TESTS: Takes = List(&Takes::Table(&TEST));
const MARKERS: Takes = List(&Takes::Table(&MARKER));
const WORDS: Takes = List(&Integer(0, 1_000_000));
const LINE_PATTERNS: Takes = List(&TextOr(&LINE_PATTERN));
const VALUES: Takes = List(&TextOr(&SELECTOR));
const ELEMENTS: Takes = List(&TextOr(&ELEMENT_SELECTOR));
const AT: Takes = Word(&["any", "head", "tail"]);
const INHERIT: Key = key("inherit", Boolean, "false: take nothing for this table from weaker files");
const HAS: Key = key("has", Text, "a CSS selector that must match somewhere on the page");
const PATH: Key = key("path", Text, "a regex on the path of the page's address");

/// Keys of the top level, with the places whose files may have them.
pub(super) const TOP: &[(Key, &[Place])] = &[
    (key("format", Integer(1, 1), "the version of the format"), &[Generic, Family, Site, Local]),
    (key("about", Text, "a remark"), &[Generic, Family, Site, Local]),
    (key("lang", Text, "language of line patterns that name none, such as \"de\""), &[Generic]),
    (key("hosts", TEXTS, "the site: \"a.com\", \"*.a.com\", \"a.*\" or \"a.com/path/\""), &[Site, Local]),
    (key("platform", Boolean, "allow a wildcard over a hosting platform"), &[Site, Local]),
    (key("extends", TEXTS, "families by id, the strongest last"), &[Family, Site, Local]),
    (key("match", Takes::Table(&MATCH), "pages that the family applies to by itself"), &[Family]),
    (key("overlay", Text, "id of the site's file that this one lies over"), &[Local]),
    (key("set", Takes::Table(&SET), "constants"), &[Family, Site, Local]),
    (key("guard", Takes::Table(&GUARD), "what the rules may take at most"), &[Family, Site, Local]),
    (key("protect", Takes::Table(&PROTECT), "what nothing removes"), &[Family, Site, Local]),
    (key("except", TEXTS, "addresses of inherited patterns to switch off"), &[Family, Site, Local]),
    (key("meta", Takes::Table(&META), "where the metadata stands"), &[Family, Site, Local]),
    (key("body", Takes::Table(&BODY), "where the body stands"), &[Family, Site, Local]),
    (key("strip", Takes::Table(&STRIP), "elements to remove, by kind"), &[Generic, Family, Site, Local]),
    (key("lines", Takes::Table(&LINES), "lines to drop, by kind"), &[Generic, Family, Site, Local]),
    (key("cut", Takes::Table(&CUT), "where the article begins and ends"), &[Family, Site, Local]),
    (key("replace", REPLACES, "changes kept lines, or the page"), &[Family, Site, Local]),
    (key("layout", LAYOUTS, "variants of the pages"), &[Family, Site, Local]),
    (key("test", TESTS, "lines or a page, and what must come of them"), &[Generic, Family, Site, Local]),
];

pub(super) static MATCH: Table =
    Table { name: "match", place: "in [match]", keys: &[HAS, PATH], required: &[], kinds: None };

pub(super) static SET: Table = Table {
    name: "set",
    place: "in set",
    keys: &[
        key("agency", Text, "the agency whose texts the site carries"),
        key("lang", Text, "the language of the pages"),
        key("publisher", Text, "the name of the publisher"),
        key("section", Text, "the section of the site"),
    ],
    required: &[],
    kinds: None,
};

pub(super) static GUARD: Table = Table {
    name: "guard",
    place: "in guard",
    keys: &[key("max_removed", Share, "share of the generic body's words that the rules may take (0.6)")],
    required: &[],
    kinds: None,
};

pub(super) static PROTECT: Table = Table {
    name: "protect",
    place: "in protect",
    keys: &[
        key("css", TEXTS, "elements that nothing removes"),
        key("lines", TEXTS, "regexes of lines that nothing removes"),
    ],
    required: &[],
    kinds: None,
};

pub(super) static META: Table = Table {
    name: "meta",
    place: "in [meta]",
    keys: &[
        key("title", VALUES, "the headline: the first selector that gives a value wins"),
        key("byline", VALUES, "the names of the authors: all values of the first selector that gives any"),
        key("date", VALUES, "the date of publication"),
        key("lang", VALUES, "the language"),
        key("section", VALUES, "the section of the site"),
        key("summary", VALUES, "the page's own summary"),
        INHERIT,
    ],
    required: &[],
    kinds: None,
};

pub(super) static BODY: Table = Table {
    name: "body",
    place: "in [body]",
    keys: &[
        key("select", ELEMENTS, "the elements that hold the body: the first selector with enough words wins"),
        key("min_words", Integer(0, 100_000), "words that a selector must find (25)"),
        key("join", Word(&["all", "first"]), "take all elements that a selector picks, or the first"),
        key("fallback", Word(&["generic", "none"]), "what is done where no selector finds a body"),
        INHERIT,
    ],
    required: &[],
    kinds: None,
};

pub(super) static STRIP: Table =
    Table { name: "strip", place: "in [strip]", keys: &[INHERIT], required: &[], kinds: Some(ELEMENTS) };

pub(super) static LINES: Table =
    Table { name: "lines", place: "in [lines]", keys: &[INHERIT], required: &[], kinds: Some(LINE_PATTERNS) };

pub(super) static LINE_PATTERN: Table = Table {
    name: "line-pattern",
    place: "in a line pattern",
    keys: &[
        key("re", Text, "a regex on a finished line; the whole line goes"),
        key("at", AT, "the first 5 lines, the last 8, or any"),
        key("max_chars", Integer(1, 100_000), "longer lines are not looked at (240)"),
        key("lang", Text, "left out where the document is known to be in another language"),
    ],
    required: &["re"],
    kinds: None,
};

pub(super) static CUT: Table = Table {
    name: "cut",
    place: "in [cut]",
    keys: &[
        key("start_after", MARKERS, "all up to the first of these goes, with it"),
        key("keep_until", MARKERS, "all from the first of these on goes"),
        key("max_share", Share, "share of the words that a cut may take (0.5)"),
        INHERIT,
    ],
    required: &[],
    kinds: None,
};

const CSS: Key = key("css", Text, "elements by a CSS selector");
const XPATH: Key = key("xpath", Text, "elements by XPath 1.0, for imported rules");
const TEXT: Key = key("text", Text, "a regex that the element's text must match");
const OWN_TEXT: Key = key("own_text", Text, "a regex that its text without that of children must match");
const UP: Key = key("up", Text, "the nearest element, itself included, that matches this CSS selector");
const NTH: Key = key("nth", Integer(-10_000, 10_000), "one of them: 1 is the first, -1 the last");

/// A selector that gives values.
pub(super) static SELECTOR: Table = Table {
    name: "selector",
    place: "in a selector",
    keys: &[
        CSS,
        XPATH,
        key("meta", Text, "the content of `<meta>` by name or property"),
        key("jsonld", Text, "a dotted path in the page's JSON-LD"),
        key("value", Text, "a constant"),
        TEXT,
        OWN_TEXT,
        UP,
        NTH,
        key("attr", Text, "an attribute instead of the text"),
        key("before", Text, "only what stands before this literal"),
        key("after", Text, "only what stands after this literal"),
        key("re", Text, "the first group of this regex, or all of its match"),
    ],
    required: &[],
    kinds: None,
};

/// A selector that picks elements: the keys of [`SELECTOR`] that have a meaning then.
pub(super) static ELEMENT_SELECTOR: Table = Table {
    name: "element-selector",
    place: "in a selector",
    keys: &[CSS, XPATH, TEXT, OWN_TEXT, UP, NTH],
    required: &[],
    kinds: None,
};

pub(super) static MARKER: Table = Table {
    name: "marker",
    place: "in a marker",
    keys: &[
        key("line", Text, "a regex on a line"),
        CSS,
        key("kind", Kind, "what is cut off (other)"),
        XPATH,
        TEXT,
        OWN_TEXT,
        UP,
        NTH,
    ],
    required: &[],
    kinds: None,
};

pub(super) static REPLACE: Table = Table {
    name: "replace",
    place: "in [[replace]]",
    keys: &[
        key("find", Text, "a regex; with on = \"html\" a literal"),
        key("with", Text, "what takes its place; $1 is a group"),
        key("on", Word(&["line", "html"]), "change kept lines, or the page before it is parsed"),
        key("at", AT, "the first 5 lines, the last 8, or any"),
    ],
    required: &["find", "with"],
    kinds: None,
};

/// The keys that a layout shares with the top level are [`LAYOUT_SECTIONS`].
pub(super) static LAYOUT: Table = Table {
    name: "layout",
    place: "in [[layout]]",
    keys: &[
        key("name", Text, "its name in addresses and in the output"),
        HAS,
        PATH,
        key("from", Date, "the first day of capture"),
        key("until", Date, "the last day of capture"),
        key("meta", Takes::Table(&META), "fields that take the place of the file's own"),
        key("body", Takes::Table(&BODY), "`select` takes the place of the file's own"),
        key("strip", Takes::Table(&STRIP), "more elements to remove"),
        key("lines", Takes::Table(&LINES), "more lines to drop"),
        key("cut", Takes::Table(&CUT), "more places to cut at"),
        key("replace", REPLACES, "more replacements"),
    ],
    required: &["name"],
    kinds: None,
};

/// Tables with patterns, of the top level and of layouts.
pub(super) const LAYOUT_SECTIONS: &[&str] = &["meta", "body", "strip", "lines", "cut", "replace"];

pub(super) static TEST: Table = Table {
    name: "test",
    place: "in [[test]]",
    keys: &[
        key("about", Text, "a remark"),
        key("drops", TEXTS, "lines that the file's own [lines] must drop"),
        key("keeps", TEXTS, "lines that they must keep"),
        key("html", Text, "a page"),
        key("page", Text, "a file with a page: fixtures/ID/NAME.html, .gz or .zst"),
        key("url", Text, "the page's address"),
        key("captured", Date, "the day of capture, which chooses between dated layouts"),
        key("title", Text, "the headline"),
        key("byline", TEXTS, "the names of all authors"),
        key("date", Date, "the day of publication"),
        key("body", Text, "the body, a paragraph a line"),
        key("first", Text, "how the body begins"),
        key("last", Text, "how the body ends"),
        key("contains", TEXTS, "texts that the body has"),
        key("absent", TEXTS, "texts that the body does not have"),
        key("words", WORDS, "the least and the most words of the body"),
    ],
    required: &[],
    kinds: None,
};
