//! A small automaton that lets every line through that a pattern matches, and few others.
//!
//! Nearly all lines that hold a pattern's literal are still none of its own. Telling that by the regex costs
//! a lock and a walk through states that are made on the way, and the regex itself, with its Unicode classes,
//! can be a hundred times larger. This automaton reads the line's key byte by byte and is small: long counted repetitions
//! have no upper bound. A pattern has two. The one for keys in ASCII leaves out all that lies beyond, so that it can tell
//! word boundaries and classes exactly. In the one for other keys large classes let anything beyond ASCII through, and word
//! boundaries are left out. Where nothing of a pattern is loosened, the automaton's answer is the regex's own.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition,
};

use super::fold::{KEYS_IN_ASCII, char_key};

/// Repetitions of up to this many are kept as they are.
const SHORT_REPETITION: u32 = 12;

/// How many of a longer repetition there must be at least, if the pattern asks for as many.
const LEAST: u32 = 2;

/// Characters beyond ASCII that a class may have and be kept as it is.
const SMALL_CLASS: usize = 16;

/// Bytes of the automaton before it is made deterministic.
const MAX_NFA: usize = 1 << 20;

/// Bytes of the deterministic states that are kept, for each thread.
const CACHE: usize = 256 << 10;

type MakeCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

/// The keys that an automaton is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Those that are ASCII.
    Ascii,
    /// All.
    All,
}

/// See the module.
pub(super) struct Loose {
    automaton: DFA,
    caches: Pool<Cache, MakeCache>,
    anchored: Anchored,
    exact: bool,
}

impl Loose {
    /// The automaton of a regex, which is given as if it told upper case from lower; `mixed` says that parts of it
    /// have flags of their own. `None` if it would be too large.
    pub(super) fn new(hir: &Hir, mixed: bool, keys: Keys) -> Option<Self> {
        let mut exact = !mixed;
        let hir = loosen(hir, keys, &mut exact);
        let starts = hir.properties().look_set_prefix().contains(Look::Start);
        let anchored = if starts { Anchored::Yes } else { Anchored::No };
        let limits =
            Config::new().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(MAX_NFA));
        let nfa = Compiler::new().configure(limits).build_from_hir(&hir).ok()?;
        let limits = DFA::config().cache_capacity(CACHE).skip_cache_capacity_check(true);
        let automaton = DFA::builder().configure(limits).build_from_nfa(nfa).ok()?;
        let for_cache = automaton.clone();
        let caches = Pool::new(Box::new(move || for_cache.create_cache()) as MakeCache);
        Some(Self { automaton, caches, anchored, exact })
    }

    /// Whether the regex matches every line that it may match.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// Whether the regex may match the line that has this key.
    pub(super) fn is_match(&self, key: &[u8]) -> bool {
        let input = Input::new(key).anchored(self.anchored).earliest(true);
        let found = self.automaton.try_search_fwd(&mut self.caches.get(), &input);
        // An error would mean an automaton that gives up, which `new` does not build.
        found.map_or(true, |found| found.is_some())
    }
}

impl fmt::Debug for Loose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loose").field("anchored", &self.anchored).finish_non_exhaustive()
    }
}

fn loosen(hir: &Hir, keys: Keys, exact: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => literal_key(text.chars(), keys),
            Err(_) => any(exact),
        },
        HirKind::Class(Class::Unicode(class)) => match keys {
            Keys::Ascii => ascii_class(class, exact),
            Keys::All => loosen_class(class, exact),
        },
        HirKind::Class(Class::Bytes(_)) => any(exact),
        HirKind::Look(look) => match (look, keys) {
            (Look::Start | Look::End, _) => Hir::look(*look),
            // The few other characters with keys in ASCII are letters too.
            (Look::WordUnicode, Keys::Ascii) => Hir::look(Look::WordAscii),
            (Look::WordUnicodeNegate, Keys::Ascii) => Hir::look(Look::WordAsciiNegate),
            _ => {
                *exact = false;
                Hir::empty()
            }
        },
        HirKind::Repetition(repetition) => {
            let mut loose = repetition.clone();
            if repetition.max.unwrap_or(repetition.min) > SHORT_REPETITION {
                *exact = false;
                loose.min = repetition.min.min(LEAST);
                loose.max = None;
            }
            loose.sub = Box::new(loosen(&repetition.sub, keys, exact));
            Hir::repetition(loose)
        }
        HirKind::Capture(capture) => loosen(&capture.sub, keys, exact),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| loosen(part, keys, exact)).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| loosen(part, keys, exact)).collect())
        }
    }
}

/// The ASCII part of a class.
fn ascii_class(class: &ClassUnicode, exact: &mut bool) -> Hir {
    *exact &= beyond_ascii(class) <= SMALL_CLASS || is_caseless(class);
    Hir::class(Class::Bytes(ascii_part(class)))
}

fn loosen_class(class: &ClassUnicode, exact: &mut bool) -> Hir {
    if beyond_ascii(class) <= SMALL_CLASS {
        let chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
        return Hir::alternation(chars.map(|c| literal_key([c], Keys::All)).collect());
    }
    let ascii = Hir::class(Class::Bytes(ascii_part(class)));
    let others = if has_complement(class) {
        *exact &= is_caseless(class);
        Hir::class(Class::Unicode(ClassUnicode::new([ClassUnicodeRange::new('\u{80}', char::MAX)])))
    } else {
        *exact = false;
        some(ClassBytesRange::new(0x80, 0xff))
    };
    Hir::alternation(vec![ascii, others])
}

/// How many characters beyond ASCII are in a class.
fn beyond_ascii(class: &ClassUnicode) -> usize {
    let ranges = class.ranges().iter().filter(|range| range.end() > '\x7f');
    ranges.map(|range| range.end() as usize - (range.start() as usize).max(0x80) + 1).sum()
}

fn has(class: &ClassUnicode, wanted: char) -> bool {
    class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&wanted))
}

/// The ASCII characters among the keys of a class.
fn ascii_part(class: &ClassUnicode) -> ClassBytes {
    let folded = KEYS_IN_ASCII.into_iter().filter(|&(c, _)| has(class, c));
    let ascii =
        (0..0x80u8).filter(|&byte| has(class, char::from(byte))).map(|byte| byte.to_ascii_lowercase());
    let bytes = ascii.chain(folded.map(|(_, key)| key));
    ClassBytes::new(bytes.map(|byte| ClassBytesRange::new(byte, byte)))
}

/// Whether a class that names what is not in it, like `[^a-z]`, is the same if case does not count.
fn is_caseless(class: &ClassUnicode) -> bool {
    ('a'..='z').all(|letter| has(class, letter) == has(class, letter.to_ascii_uppercase()))
        && KEYS_IN_ASCII.iter().all(|&(c, key)| has(class, c) == has(class, char::from(key)))
}

/// Whether all characters beyond ASCII are in a class, as they are where it names those that are not in it.
fn has_complement(class: &ClassUnicode) -> bool {
    class.ranges().last().is_some_and(|range| range.start() <= '\u{80}' && range.end() == char::MAX)
}

fn literal_key(chars: impl IntoIterator<Item = char>, keys: Keys) -> Hir {
    let key: String = chars.into_iter().map(char_key).collect();
    if keys == Keys::Ascii && !key.is_ascii() { Hir::fail() } else { Hir::literal(key.into_bytes()) }
}

/// Any bytes, one or more.
fn any(exact: &mut bool) -> Hir {
    *exact = false;
    some(ClassBytesRange::new(0, 0xff))
}

/// Bytes of a range, one or more.
fn some(range: ClassBytesRange) -> Hir {
    let class = Hir::class(Class::Bytes(ClassBytes::new([range])));
    Hir::repetition(Repetition { min: 1, max: None, greedy: true, sub: Box::new(class) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::fold::Folded;
    use crate::rules::pattern::LazyRegex;

    fn automaton(pattern: &str, keys: Keys) -> Loose {
        let regex = LazyRegex::for_folded(pattern).unwrap();
        Loose::new(&regex.hir().unwrap(), regex.is_mixed(), keys).unwrap()
    }

    #[test]
    fn lets_through_what_the_pattern_may_match() {
        for (pattern, line, passes) in [
            ("^read more: ", "READ MORE: ferries", true),
            ("^read more: ", "Do read more: ferries", false),
            (r"^\d+ comments?$", "17 comments", true),
            (r"^\d+ comments?$", "17 comments more", false),
            (r"^\d+ comments?$", "๑๗ comments", true),
            (r"^(?-i:[A-Z])\w+ \|$", "Anémone |", true),
            (r"^(?-i:[A-Z])\w+ \|$", "anna |", true), // looser: a key has no capitals
            (r"\bships?\b", "warships", true),        // looser: no word boundaries
            (r"^.{3,400}\(photo\)$", "ab (photo)", true),
            (r"^.{3,400}\(photo\)$", "(photo) ab", false),
            ("^.{3,400} photo$", "a photo", false),
            ("[ks]ub", "\u{212a}ub", true),
            (r"^[\u{100}-\u{2000}]$", "s", true), // a long s has the key s
            (r"^[\u{100}-\u{2000}]$", "t", false),
            ("a*", "b", true),
        ] {
            assert_eq!(
                automaton(pattern, Keys::All).is_match(Folded::new(line).key()),
                passes,
                "{pattern} {line}"
            );
        }
    }

    #[test]
    fn tells_more_of_keys_in_ascii() {
        for (pattern, line, passes) in [
            (r"\bships?\b", "warships", false),
            (r"\bships?\b", "The \u{17f}hips sailed", true),
            (r"\Bships?\b", "warships", true),
            (r"^\d+ \w+$", "17 comments", true),
            (r"^\d+ \w+$", "17 com-ments", false),
            ("^(?:ähnlich|like) this$", "Like this", true),
            ("^[äöü]$", "a", false),
            ("ä", "a", false),
            (r"^[\u{100}-\u{2000}]$", "\u{17f}", true),
        ] {
            let line = Folded::new(line);
            assert!(line.has_ascii_key() && line.key().is_ascii());
            assert_eq!(automaton(pattern, Keys::Ascii).is_match(line.key()), passes, "{pattern}");
        }
    }

    #[test]
    fn knows_where_it_is_the_regex() {
        for (pattern, ascii, all) in [
            ("^read more: .+$", true, true),
            ("^[[:punct:] »]*(?:teilen|share)[[:punct:] …]*$", true, true),
            (r"^[^()|]+\($", true, true),
            (r"^\S+$", true, false),
            (r"^\S+ [^a-z]$", false, false),
            (r"^[^s]$", false, false),
            (r"^\d+$", true, false),
            (r"^\w+ \W$", true, false),
            (r"\bshare\b", true, false),
            ("^.{0,40}$", false, false),
            ("^(?-i:Photo) by", false, false),
            (r"(?-u:\b)share", false, false),
        ] {
            assert_eq!(automaton(pattern, Keys::Ascii).is_exact(), ascii, "{pattern}");
            assert_eq!(automaton(pattern, Keys::All).is_exact(), all, "{pattern}");
        }
    }
}
