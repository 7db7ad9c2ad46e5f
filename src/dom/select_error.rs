//! Reading selectors, and saying what is wrong with one that cannot be read.
//!
//! The parser says what is wrong but not where, and nothing at all about a bad selector inside of `:is()` or
//! `:where()`, which by the standard is just never to match. A rule that never matches is an error here.

use cssparser::{BasicParseErrorKind, ParseError, ParseErrorKind, Token};
use scraper::selector::{Parser, Simple};
use selectors::parser::{Component, ParseRelative, Selector, SelectorList, SelectorParseErrorKind};
use thiserror::Error;

/// A selector that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SelectorError {
    /// What is wrong, in words for the author of a rule.
    pub message: String,
    /// Where, in bytes from the start of the selector.
    pub offset: usize,
}

type Kind = ParseErrorKind<SelectorParseErrorKind>;

/// Reads a list of selectors.
pub(super) fn parse(css: &str) -> Result<SelectorList<Simple>, SelectorError> {
    let list = read(css).map_err(|kind| locate(css, kind))?;
    match list.slice().iter().find_map(invalid) {
        Some(part) => {
            let offset = css.find(part.trim()).unwrap_or(0);
            let error = parse(part.trim()).err();
            let inner =
                error.unwrap_or(SelectorError { message: "this is no selector".to_owned(), offset: 0 });
            Err(SelectorError { offset: offset + inner.offset, ..inner })
        }
        None => Ok(list),
    }
}

fn read(css: &str) -> Result<SelectorList<Simple>, Kind> {
    let mut input = cssparser::Parser::new(css);
    SelectorList::parse(&Parser, &mut input, ParseRelative::No).map_err(|error| error.kind)
}

/// A selector inside of `:is()` or `:where()` that could not be read. (Those inside of others are read strictly.)
fn invalid(selector: &Selector<Simple>) -> Option<&str> {
    selector.iter_raw_match_order().find_map(|component| match component {
        Component::Invalid(part) => Some(part.as_str()),
        Component::Is(list) | Component::Where(list) | Component::Negation(list) => {
            list.slice().iter().find_map(invalid)
        }
        Component::Has(relative) => relative.iter().find_map(|relative| invalid(&relative.selector)),
        _ => None,
    })
}

/// The error with its place: the first part after which nothing can follow that would make a selector of it.
fn locate(css: &str, kind: Kind) -> SelectorError {
    for (start, end) in parts(css) {
        let begun = &css[..end];
        if let Err(kind) = read(begun)
            && read(&format!("{begun}*")).is_err()
        {
            return SelectorError { message: describe(&kind, &css[start..end]), offset: start };
        }
    }
    let message = match kind {
        Kind::Custom(SelectorParseErrorKind::EmptySelector) => "a selector is missing here",
        Kind::Custom(SelectorParseErrorKind::DanglingCombinator) => "nothing follows the combinator",
        _ => "the selector ends too early",
    };
    SelectorError { message: message.to_owned(), offset: css.len() }
}

/// Where the parts of a selector begin and end: a token, a block in brackets, or a dot or colons with their name.
fn parts(css: &str) -> Vec<(usize, usize)> {
    let mut input = cssparser::Parser::new(css);
    let begin = input.position();
    let offset = |input: &cssparser::Parser<'_>| input.slice_from(begin).len();
    let mut parts: Vec<(usize, usize)> = vec![];
    let mut joins = false;
    loop {
        let start = offset(&input);
        let (is_space, is_block, joins_next) = match input.next_including_whitespace_and_comments() {
            Ok(Token::WhiteSpace(_) | Token::Comment(_)) => (true, false, false),
            Ok(
                Token::Function(_)
                | Token::ParenthesisBlock
                | Token::SquareBracketBlock
                | Token::CurlyBracketBlock,
            ) => (false, true, false),
            Ok(Token::Colon | Token::Delim('.')) => (false, false, true),
            Ok(_) => (false, false, false),
            Err(_) => return parts,
        };
        if is_block {
            // To its end.
            let _ = input.parse_nested_block(|inner| {
                while inner.next().is_ok() {}
                Ok::<(), ParseError<()>>(())
            });
        }
        let end = offset(&input);
        match parts.last_mut() {
            Some(last) if joins && !is_space => last.1 = end,
            _ if is_space => {}
            _ => parts.push((start, end)),
        }
        joins = joins_next;
    }
}

/// The error in words, about this part of the selector.
fn describe(kind: &Kind, part: &str) -> String {
    use SelectorParseErrorKind as Custom;
    let what = match kind {
        // What looks like a class is a number to the parser.
        Kind::Custom(_) if part.starts_with('.') => {
            "a class name must follow the dot, and begin with no digit:"
        }
        Kind::Custom(Custom::EmptySelector | Custom::DanglingCombinator)
            if matches!(part, "," | ">" | "+" | "~") =>
        {
            "an element is missing before"
        }
        Kind::Custom(Custom::UnsupportedPseudoClassOrElement) => "a saved page knows no",
        Kind::Custom(Custom::ClassNeedsIdent) => {
            "a dot must have a class name after it, not starting with a digit:"
        }
        Kind::Custom(Custom::PseudoElementExpectedIdent | Custom::PseudoElementExpectedColon) => {
            "colons must have a name after them:"
        }
        Kind::Custom(Custom::ExpectedNamespace) => "namespaces are not known here:",
        Kind::Custom(
            Custom::NoQualifiedNameInAttributeSelector
            | Custom::UnexpectedTokenInAttributeSelector
            | Custom::ExpectedBarInAttr
            | Custom::InvalidQualNameInAttr,
        ) => "an attribute is written [name] or [name=\"value\"], not",
        Kind::Custom(Custom::BadValueInAttr) => {
            "the value of an attribute must be a name or stand in quotes:"
        }
        Kind::Basic(BasicParseErrorKind::EndOfInput) => "something is missing after",
        _ => "not understood here:",
    };
    format!("{what} `{part}`")
}
