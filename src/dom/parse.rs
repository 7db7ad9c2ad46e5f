//! From source to tree: the tokenizer feeds html5ever's tree builder, within the caps.
//!
//! Where the cap on open elements is reached, start tags are left out ([`super::depth`]), as are tags of further
//! unknown names where a page has too many of these; where the cap on nodes or tokens is reached, the page ends.

use std::cell::RefCell;

use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{self, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use rustc_hash::FxHashMap;

use super::build::{AttributeLists, Handle, ListId, Sink, Tree};
use super::depth::{Depth, Verdict};
use super::freeze::{freeze, is_linked_data, is_silent};
use super::input::Source;
use super::names::{Carriage, TagNames, normalised};
use super::tokenizer::{AttributeSpan, Span, Text, Token, Tokenizer, doctype};
use super::{Dom, Limits, Tag};

/// What a worker keeps from page to page.
#[derive(Default)]
struct Workspace {
    tree: Tree,
    names: TagNames,
}

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

/// Parses a page.
pub(super) fn parse(html: &str, limits: &Limits) -> Dom {
    // Taken, not borrowed: if a page makes html5ever panic, the next one begins with a new one.
    let Workspace { tree, mut names } = WORKSPACE.take();
    names.begin_page();
    let source = Source::new(html, limits.bytes);
    let opts = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let mut feed = Feed {
        source: &source,
        texts: Texts::new(&source.text),
        is_silent: false,
        builder: TreeBuilder::new(Sink::new(tree), opts),
        names,
        formatting: FxHashMap::default(),
        depth: Depth::new(limits.depth),
        max_nodes: limits.nodes,
        truncated: source.truncated,
    };
    let mut tokenizer = Tokenizer::new(&source, limits.attributes);
    feed.run(&mut tokenizer);
    let truncated = feed.truncated || tokenizer.truncated;
    let Feed { builder, names, .. } = feed;
    let mut tree = builder.sink.finish();
    let mut dom = freeze(&tree, &source, limits);
    dom.truncated |= truncated;
    tree.clear();
    WORKSPACE.set(Workspace { tree, names });
    dom
}

struct Feed<'s> {
    source: &'s Source<'s>,
    texts: Texts<'s>,
    /// Whether the raw text that is being read is none that the frozen tree keeps.
    is_silent: bool,
    builder: TreeBuilder<Handle, Sink>,
    names: TagNames,
    /// Attribute lists of formatting elements by what is in them.
    formatting: FxHashMap<Vec<(String, String)>, ListId>,
    depth: Depth,
    max_nodes: usize,
    truncated: bool,
}

/// The texts of a source as html5ever takes them: parts of a copy of it, so that few need memory of their own. Only
/// the segments that have texts are copied: much of a page is scripts and attributes.
struct Texts<'s> {
    source: &'s str,
    segments: Vec<Option<StrTendril>>,
}

impl<'s> Texts<'s> {
    /// Bytes of a segment.
    const SEGMENT: usize = 16 << 10;

    fn new(source: &'s str) -> Self {
        Self { source, segments: vec![None; source.len() / Self::SEGMENT + 1] }
    }

    fn get(&mut self, span: Span) -> StrTendril {
        let (start, end) = (span.start as usize, span.end as usize);
        let segment = start / Self::SEGMENT;
        if end > (segment + 1) * Self::SEGMENT {
            return StrTendril::from_slice(span.of(self.source));
        }
        let from = self.source.ceil_char_boundary(segment * Self::SEGMENT);
        let text = self.segments[segment].get_or_insert_with(|| {
            let to = self.source.ceil_char_boundary((segment + 1) * Self::SEGMENT);
            StrTendril::from_slice(&self.source[from..to])
        });
        text.subtendril((start - from) as u32, (end - start) as u32)
    }
}

/// Tokens of a page at most, which only a page of stray marks comes to: one of nothing but `<` or U+0000 gives a token
/// a byte.
const MAX_TOKENS: usize = 1 << 22;

impl Feed<'_> {
    fn run(&mut self, tokenizer: &mut Tokenizer<'_>) {
        let mut tokens = 0;
        loop {
            tokens += 1;
            if tokens > MAX_TOKENS {
                self.truncated = true;
                break;
            }
            let builder = &self.builder;
            match tokenizer.next(|| builder.adjusted_current_node_present_but_not_in_html_namespace()) {
                Token::Text(_) if self.is_silent => {}
                Token::Text(span) => {
                    let text = self.texts.get(span);
                    self.text(text);
                }
                Token::Reference { chars: [first, second], unclosed } => {
                    if unclosed {
                        self.parse_error();
                    }
                    self.text(StrTendril::from_char(first));
                    if second != '\0' {
                        self.text(StrTendril::from_char(second));
                    }
                }
                Token::Replacement => self.text(StrTendril::from_char(char::REPLACEMENT_CHARACTER)),
                Token::Null => self.process_and_go_on(tokenizer::NullCharacterToken),
                Token::StartTag { name, self_closing } => {
                    if self.builder.sink.tree.borrow().drafts.len() >= self.max_nodes
                        || !self.start_tag(tokenizer, name, self_closing)
                    {
                        self.truncated = true;
                        break;
                    }
                }
                Token::EndTag { name } => self.end_tag(name),
                Token::Comment => self.process_and_go_on(tokenizer::CommentToken(StrTendril::new())),
                Token::Doctype(span, unclosed) => {
                    let doctype = doctype(span.of(&self.source.text), unclosed);
                    self.process_and_go_on(tokenizer::DoctypeToken(doctype));
                }
                Token::Nothing => self.parse_error(),
                Token::End => break,
            }
        }
        self.process_and_go_on(tokenizer::EOFToken);
    }

    /// Hands a token to the tree builder. Only a start tag changes how the tokenizer goes on.
    fn process(&self, token: tokenizer::Token) -> TokenSinkResult<Handle> {
        self.builder.process_token(token, 1)
    }

    fn process_and_go_on(&self, token: tokenizer::Token) {
        let _ = self.process(token);
    }

    fn text(&self, text: StrTendril) {
        self.process_and_go_on(tokenizer::CharacterTokens(text));
    }

    /// html5ever forgets to leave out the newline after `<pre>` if an error comes between.
    fn parse_error(&self) {
        self.process_and_go_on(tokenizer::ParseError("".into()));
    }

    /// Feeds a start tag to the tree builder; whether the page may go on.
    fn start_tag(&mut self, tokenizer: &mut Tokenizer<'_>, name: Span, self_closing: bool) -> bool {
        self.is_silent = false;
        let Some(tag) = self.names.get(name.of(&self.source.text)) else {
            self.truncated = true;
            return true;
        };
        match self.depth.start_tag(tag, !tokenizer.attributes.is_empty(), &self.builder) {
            Verdict::Feed => {}
            Verdict::LeaveOut => {
                self.truncated = true;
                return true;
            }
            Verdict::EndPage => return false,
        }
        let (local, carriage) = (tag.local.clone(), tag.attributes);
        let spans = &tokenizer.attributes;
        let mut attrs = Vec::new();
        if !spans.is_empty() {
            match carriage {
                Carriage::Aside => {
                    let tree = &mut *self.builder.sink.tree.borrow_mut();
                    tree.ready = Some((local.clone(), tree.attributes.add(spans)));
                }
                Carriage::Handle => {
                    let list = self.builder.sink.tree.borrow_mut().attributes.add(spans);
                    attrs.push(AttributeLists::handle(list));
                }
                Carriage::CommonHandle => attrs.push(AttributeLists::handle(self.common_list(spans))),
            }
            self.add_wanted(&local, spans, &mut attrs);
        }
        let tag = tokenizer::Tag {
            kind: tokenizer::StartTag,
            name: local,
            self_closing,
            attrs,
            had_duplicate_attributes: false,
        };
        let result = self.process(tokenizer::TagToken(tag));
        self.builder.sink.tree.borrow_mut().ready = None;
        let text = match result {
            TokenSinkResult::RawData(RawKind::Rcdata) => Text::Rcdata,
            TokenSinkResult::RawData(RawKind::Rawtext) => Text::Rawtext,
            TokenSinkResult::RawData(_) => Text::ScriptData,
            TokenSinkResult::Plaintext => Text::Plaintext,
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => return true,
        };
        let spans = &tokenizer.attributes;
        self.is_silent = Tag::from_name(&normalised(name.of(&self.source.text))).is_some_and(|tag| {
            is_silent(tag, || {
                let kind = spans.iter().find(|span| self.is_named(span, "type"));
                kind.is_some_and(|span| is_linked_data(&self.value(span)))
            })
        });
        tokenizer.switch_to(text, name);
        true
    }

    fn end_tag(&mut self, name: Span) {
        self.is_silent = false;
        let Some(name) = self.names.get(name.of(&self.source.text)).map(|tag| tag.local.clone()) else {
            self.truncated = true;
            return;
        };
        if !self.depth.end_tag(&name) {
            return;
        }
        let tag = tokenizer::Tag {
            kind: tokenizer::EndTag,
            name,
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        self.process_and_go_on(tokenizer::TagToken(tag));
    }

    /// The list of these attributes, or one with the same names and values.
    fn common_list(&mut self, spans: &[AttributeSpan]) -> ListId {
        let mut attributes: Vec<(String, String)> = Vec::with_capacity(spans.len());
        for span in spans {
            let name = normalised(span.name.of(&self.source.text));
            if !attributes.iter().any(|(other, _)| *other == name) {
                attributes.push((name, self.value(span)));
            }
        }
        attributes.sort_unstable();
        let add = || self.builder.sink.tree.borrow_mut().attributes.add(spans);
        *self.formatting.entry(attributes).or_insert_with(add)
    }

    /// Adds the attributes that the tree builder itself looks for in a tag of this name.
    fn add_wanted(&self, tag: &LocalName, spans: &[AttributeSpan], attrs: &mut Vec<Attribute>) {
        let wanted: &[LocalName] = match *tag {
            local_name!("input") => &[local_name!("type")],
            local_name!("font") => &[local_name!("color"), local_name!("face"), local_name!("size")],
            local_name!("annotation-xml") => &[local_name!("encoding")],
            _ => return,
        };
        for name in wanted {
            let mut spans = spans.iter();
            if let Some(span) = spans.find(|span| self.is_named(span, name)) {
                let name = QualName::new(None, ns!(), name.clone());
                attrs.push(Attribute { name, value: self.value(span).into() });
            }
        }
    }

    fn is_named(&self, span: &AttributeSpan, name: &str) -> bool {
        span.name.of(&self.source.text).eq_ignore_ascii_case(name)
    }

    fn value(&self, span: &AttributeSpan) -> String {
        let mut value = String::new();
        span.decode(self.source, &mut value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_the_source() {
        let source = "Die Fähre – später. ".repeat(3000);
        let mut texts = Texts::new(&source);
        let segment = Texts::SEGMENT;
        for (start, end) in [
            (0, 4),
            (0, source.len()),
            (4, 5000),
            (segment - 9, segment),
            (segment, segment + 9),
            (segment - 9, segment + 9),
            (segment + 9, 2 * segment - 9),
            (source.len() - 9, source.len()),
            (source.len(), source.len()),
        ] {
            let (start, end) = (source.ceil_char_boundary(start), source.ceil_char_boundary(end));
            let span = Span { start: start as u32, end: end as u32 };
            assert_eq!(&*texts.get(span), &source[start..end], "{start}..{end}");
        }
    }
}
