//! From source to tree: the tokenizer feeds html5ever's tree builder, within the caps, and what is ordinary goes the
//! short way past it ([`super::shortcut`]).
//!
//! Where the cap on open elements is reached, start tags are left out ([`super::depth`]), as are tags of further
//! unknown names where a page has too many of these; where the cap on nodes or tokens is reached, the page ends.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::ControlFlow;

use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{self, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use rustc_hash::FxHashMap;

use super::build::{AttributeLists, EMPTY, Handle, ListId, Sink, Tree, current};
use super::depth::{Depth, Verdict};
use super::drawing::Drawing;
use super::freeze::{freeze, is_linked_data, is_silent};
use super::input::Source;
use super::kind::Kind;
use super::names::{Carriage, TagName, TagNames, normalised};
use super::shortcut::{Arrears, Open, Root, Shortcut};
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
pub(super) fn parse<'a>(html: Cow<'a, str>, limits: &Limits) -> Dom<'a> {
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
        shortcut: Shortcut::new(limits.depth),
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
    let mut dom = freeze(&tree, source, limits);
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
    shortcut: Shortcut,
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
            if tokens > MAX_TOKENS || self.depth.is_exhausted() {
                self.truncated = true;
                break;
            }
            let (builder, is_drawing) = (&self.builder, self.shortcut.is_drawing());
            let is_foreign =
                || is_drawing || builder.adjusted_current_node_present_but_not_in_html_namespace();
            match tokenizer.next(is_foreign) {
                Token::Text(_) if self.is_silent => {}
                Token::Text(_) | Token::Reference { .. } | Token::Replacement | Token::Null if is_drawing => {
                }
                Token::Text(span) => self.text(span),
                Token::Reference { chars: [first, second], unclosed } => {
                    if unclosed {
                        self.parse_error();
                    }
                    self.char(first);
                    if second != '\0' {
                        self.char(second);
                    }
                }
                Token::Replacement => self.char(char::REPLACEMENT_CHARACTER),
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
                // The tree has none, but html5ever may be about to leave out a newline.
                Token::Comment if self.shortcut.current().is_some() => {}
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
    fn process(&mut self, token: tokenizer::Token) -> TokenSinkResult<Handle> {
        self.hand_over();
        self.builder.process_token(token, 1)
    }

    fn process_and_go_on(&mut self, token: tokenizer::Token) {
        let _ = self.process(token);
    }

    /// Has the tree builder open what was opened past it.
    fn hand_over(&mut self) {
        let Arrears { closed, open, drawing } = self.shortcut.hand_over();
        for name in closed {
            let _ = self.builder.process_token(end_tag(name), 1);
        }
        for element in open {
            self.open_again(element);
        }
        let Some(Drawing { node, inside }) = drawing else { return };
        let tag = start_tag(local_name!("svg"), vec![], false);
        let _ = self.builder.sink.with_existing(node, || self.builder.process_token(tag, 1));
        for name in inside {
            let _ = self.builder.process_token(start_tag(name, vec![], false), 1);
        }
    }

    fn open_again(&mut self, element: Open) {
        let mut attrs = Vec::new();
        let list = element.attributes;
        match element.kind {
            Kind::Anchor if list != EMPTY => attrs.push(AttributeLists::handle(list)),
            Kind::Formatting if list != EMPTY => {
                let spans = self.builder.sink.tree.borrow().attributes.get(list).to_vec();
                attrs.push(AttributeLists::handle(self.common_list(&spans)));
                self.add_wanted(&element.name, &spans, &mut attrs);
            }
            _ => {}
        }
        let tag = start_tag(element.name, attrs, false);
        let sink = &self.builder.sink;
        let _ = sink.with_existing(element.node, || self.builder.process_token(tag, 1));
    }

    fn text(&mut self, span: Span) {
        self.depth.looked_at(self.shortcut.begin(Kind::Plain, &self.builder));
        let is_space = || span.of(&self.source.text).bytes().all(|byte| byte.is_ascii_whitespace());
        match self.shortcut.takes_text(is_space) {
            Some(current) => {
                self.builder.sink.tree.borrow_mut().add_text(current, span, &self.source.text);
            }
            None => {
                let text = self.texts.get(span);
                self.characters(text);
            }
        }
    }

    fn char(&mut self, char: char) {
        match self.shortcut.takes_text(|| char.is_ascii_whitespace()) {
            Some(current) => {
                self.builder.sink.tree.borrow_mut().add_char(current, char, &self.source.text);
            }
            None => self.characters(StrTendril::from_char(char)),
        }
    }

    fn characters(&mut self, text: StrTendril) {
        let settles = !self.shortcut.is_settled() && text.bytes().any(|byte| !byte.is_ascii_whitespace());
        self.process_and_go_on(tokenizer::CharacterTokens(text));
        if settles && current(&self.builder).is_some_and(|(_, kind)| kind.has_ordinary_content()) {
            self.shortcut.settle(Root::Body);
        }
    }

    /// html5ever forgets to leave out the newline after `<pre>` if an error comes between.
    fn parse_error(&mut self) {
        if self.shortcut.current().is_none() {
            self.process_and_go_on(tokenizer::ParseError("".into()));
        }
    }

    /// Opens an element, or feeds its start tag to the tree builder; whether the page may go on.
    fn start_tag(&mut self, tokenizer: &mut Tokenizer<'_>, name: Span, self_closing: bool) -> bool {
        self.is_silent = false;
        let Some(tag) = self.names.get(name, &self.source.text) else {
            self.truncated = true;
            return true;
        };
        self.depth.looked_at(self.shortcut.begin(tag.kind, &self.builder));
        let spans = &tokenizer.attributes;
        let is_open =
            self.shortcut.start_tag(tag, spans, self_closing, &mut self.builder.sink.tree.borrow_mut());
        let element = tag.tag;
        let text = if is_open {
            self.depth.passed();
            match tag.kind {
                _ if self.shortcut.is_drawing() => None,
                Kind::Script => Some(Text::ScriptData),
                Kind::Raw | Kind::Frame => Some(Text::Rawtext),
                _ => None,
            }
        } else {
            let tag = tag.clone();
            match self.process_start_tag(tag, spans, self_closing) {
                ControlFlow::Continue(text) => text,
                ControlFlow::Break(()) => return false,
            }
        };
        let Some(text) = text else { return true };
        self.is_silent = is_silent(element, || {
            let kind = spans.iter().find(|span| self.is_named(span, "type"));
            kind.is_some_and(|span| is_linked_data(&self.value(span)))
        });
        tokenizer.switch_to(text, name);
        true
    }

    /// Feeds a start tag to the tree builder; how the text after it is to be read.
    fn process_start_tag(
        &mut self,
        tag: TagName,
        spans: &[AttributeSpan],
        self_closing: bool,
    ) -> ControlFlow<(), Option<Text>> {
        self.hand_over();
        match self.depth.start_tag(&tag, !spans.is_empty(), &self.builder) {
            Verdict::Feed => {}
            Verdict::LeaveOut => {
                self.truncated = true;
                return ControlFlow::Continue(None);
            }
            Verdict::EndPage => return ControlFlow::Break(()),
        }
        let mut attrs = Vec::new();
        if !spans.is_empty() {
            match tag.attributes {
                Carriage::Aside => {
                    let tree = &mut *self.builder.sink.tree.borrow_mut();
                    tree.ready = Some((tag.local.clone(), tree.attributes.add(spans)));
                }
                Carriage::Handle => {
                    let list = self.builder.sink.tree.borrow_mut().attributes.add(spans);
                    attrs.push(AttributeLists::handle(list));
                }
                Carriage::CommonHandle => attrs.push(AttributeLists::handle(self.common_list(spans))),
            }
            self.add_wanted(&tag.local, spans, &mut attrs);
        }
        let root = match tag.tag {
            Tag::Body => Some(Root::Body),
            Tag::Frameset => Some(Root::Frameset),
            _ => None,
        };
        let result = self.process(start_tag(tag.local, attrs, self_closing));
        if let Some(root) = root {
            self.shortcut.settle(root);
        }
        self.builder.sink.tree.borrow_mut().ready = None;
        ControlFlow::Continue(match result {
            TokenSinkResult::RawData(RawKind::Rcdata) => Some(Text::Rcdata),
            TokenSinkResult::RawData(RawKind::Rawtext) => Some(Text::Rawtext),
            TokenSinkResult::RawData(_) => Some(Text::ScriptData),
            TokenSinkResult::Plaintext => Some(Text::Plaintext),
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => None,
        })
    }

    fn end_tag(&mut self, name: Span) {
        self.is_silent = false;
        let Some(tag) = self.names.get(name, &self.source.text) else {
            self.truncated = true;
            return;
        };
        if !self.depth.end_tag(&tag.local) || self.shortcut.end_tag(tag) {
            return;
        }
        let tag = end_tag(tag.local.clone());
        self.process_and_go_on(tag);
    }

    /// The list of these attributes, or one with the same names and values.
    fn common_list(&mut self, spans: &[AttributeSpan]) -> ListId {
        let mut attributes: Vec<(String, String)> = Vec::with_capacity(spans.len());
        for span in spans {
            let name = normalised(span.name.of(&self.source.text)).into_owned();
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
        span.decode(&self.source.text, self.source.has_null, &mut value);
        value
    }
}

fn start_tag(name: LocalName, attrs: Vec<Attribute>, self_closing: bool) -> tokenizer::Token {
    tokenizer::TagToken(tokenizer::Tag {
        kind: tokenizer::StartTag,
        name,
        self_closing,
        attrs,
        had_duplicate_attributes: false,
    })
}

fn end_tag(name: LocalName) -> tokenizer::Token {
    tokenizer::TagToken(tokenizer::Tag {
        kind: tokenizer::EndTag,
        name,
        self_closing: false,
        attrs: Vec::new(),
        had_duplicate_attributes: false,
    })
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
