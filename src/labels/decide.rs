//! The passes that give each block its label, strongest evidence first.
//!
//! Site rules, then generic rules, then the model; then what only the whole can tell: repetition, the
//! headline among the kept, roles. A block that has its label keeps it.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::article::How;
use crate::block::Form;
use crate::blocks::{Drafts, Within};
use crate::dom::NodeId;
use crate::label::{Address, Kind, Label, Reason, Role};
use crate::labels::choose;
use crate::labels::model::probability;
use crate::metadata::head::Head;
use crate::reading::Reading;
use crate::rules::{BodyHit, CutLine, Line};
use crate::words::{self, Filter};

/// What is decided about a document's blocks.
#[derive(Debug)]
pub struct Decision {
    /// A label and a reason for each block.
    pub labels: Vec<(Label, Reason)>,
    /// Which way the body was found.
    pub how: How,
    /// A site rule's body matched nothing or too little.
    pub rule_missed: bool,
    /// What the head of a text holds; nothing for a page.
    pub head: Head,
    /// Patterns of rule files that found something, once for each find: the body, an element, a line, a place to cut.
    pub found: Vec<Arc<Address>>,
    /// Patterns that would have removed too much and were refused.
    pub refused: Vec<Arc<Address>>,
}

/// Words from which a repeated text is a duplicate; shorter ones may stand twice on purpose.
const REPEATED_WORDS: usize = 6;
/// Kept blocks at the head of a text that the body may repeat, as a standfirst.
const HEAD_BLOCKS: usize = 4;

/// Words from which a paragraph that another one holds is a pull quote of it.
const QUOTED_WORDS: usize = 12;

/// Log-odds from which the model counts as unsure of a heading, not against it: a probability of 0.3.
const UNSURE: i32 = -868;

/// Log-odds below which the model calls a block boilerplate for certain: a probability of 0.12.
const CERTAIN: i32 = -2040;

/// Decides about all blocks; `scores` are the model's log-odds for each.
#[must_use]
pub fn decide(reading: &Reading<'_>, scores: &[i32]) -> Decision {
    let sizes: Vec<u32> = reading.drafts.list.iter().map(|draft| draft.chars + 12).collect();
    let mut pass = Pass {
        reading,
        drafts: &reading.drafts,
        scores,
        dropped: vec![None; scores.len()],
        title_row: None,
        standfirst: vec![],
        threshold: choose::threshold(scores, &sizes),
        is_clean: is_clean(reading, scores),
        by_site: None,
        how: if reading.dom.is_some() { How::Model } else { How::Text },
        rule_missed: false,
        found: vec![],
        refused: vec![],
    };
    let in_body = pass.site_body();
    pass.strip();
    pass.model(in_body.as_deref());
    pass.cut();
    pass.lines();
    pass.headings();
    let head = pass.head();
    pass.repeats();
    pass.title(&head);
    let labels = (0..scores.len()).map(|row| pass.settle(row)).collect();
    let Pass { how, rule_missed, found, refused, .. } = pass;
    Decision { labels, how, head, rule_missed, found, refused }
}

/// Whether a text is a clean one: the model is certain of no boilerplate in it.
fn is_clean(reading: &Reading<'_>, scores: &[i32]) -> bool {
    reading.dom.is_none() && scores.iter().all(|&score| score >= CERTAIN)
}

struct Pass<'a> {
    reading: &'a Reading<'a>,
    drafts: &'a Drafts,
    scores: &'a [i32],
    dropped: Vec<Option<(Kind, Reason)>>,
    title_row: Option<usize>,
    standfirst: Vec<usize>,
    threshold: i32,
    is_clean: bool,
    by_site: Option<Reason>,
    how: How,
    rule_missed: bool,
    found: Vec<Arc<Address>>,
    refused: Vec<Arc<Address>>,
}

impl Pass<'_> {
    fn is_kept(&self, row: usize) -> bool {
        self.dropped[row].is_none()
    }

    fn kept_rows(&self) -> Vec<usize> {
        (0..self.dropped.len()).filter(|&row| self.is_kept(row)).collect()
    }

    /// Blocks that the site rule's body selects, if there is one.
    fn site_body(&mut self) -> Option<Vec<bool>> {
        let dom = self.reading.dom.as_ref()?;
        let drafts = self.drafts;
        let words = |node: NodeId| {
            drafts.within(node, dom.end(node)).map(|row| drafts.text(row).split(' ').count()).sum::<usize>()
        };
        match self.reading.chain.body(dom, &words) {
            BodyHit::Unset => None,
            BodyHit::Missed { fallback_generic } => {
                self.rule_missed = true;
                // Without a fallback the page has no body.
                (!fallback_generic).then(|| vec![false; drafts.list.len()])
            }
            BodyHit::Found { nodes, rule } => {
                let mut inside = vec![false; drafts.list.len()];
                for node in nodes {
                    inside[drafts.within(node, dom.end(node))].fill(true);
                }
                self.how = How::SiteRule;
                self.found.push(rule.clone());
                self.by_site = Some(Reason::Rule(rule));
                Some(inside)
            }
        }
    }

    /// Elements that strip rules name. What would take more than the guard allows is refused.
    fn strip(&mut self) {
        let Some(dom) = &self.reading.dom else { return };
        let drafts = self.drafts;
        let likely =
            |row: usize| f64::from(probability(self.scores[row])) * f64::from(drafts.list[row].chars);
        let all: f64 = (0..drafts.list.len()).map(likely).sum();
        for hit in &self.reading.strips {
            let rows = drafts.within(hit.node, dom.end(hit.node));
            if rows.clone().map(likely).sum::<f64>() > all * f64::from(self.reading.chain.max_removed()) {
                self.refused.push(hit.rule.clone());
                continue;
            }
            self.found.push(hit.rule.clone());
            for row in rows {
                self.dropped[row].get_or_insert_with(|| (hit.kind, Reason::Rule(hit.rule.clone())));
            }
        }
    }

    /// The model's choice, or the site rule's body in its place. Of a clean text the model drops nothing: where it
    /// would, it is wrong more often than right.
    fn model(&mut self, in_body: Option<&[bool]>) {
        for row in 0..self.dropped.len() {
            let score = self.scores[row];
            let reason = match (in_body, &self.by_site) {
                (Some(in_body), _) if in_body[row] => continue,
                (Some(_), Some(rule)) => rule.clone(),
                (Some(_), None) => Reason::Structure("no body"),
                (None, _) if score >= self.threshold || self.is_clean => continue,
                (None, _) => Reason::Model(probability(score)),
            };
            if self.is_kept(row) {
                // Where a rule that holds at any place says the same, it is the reason a person can check.
                let rule = self.rule_anywhere(row);
                self.found.extend(rule.clone());
                self.dropped[row] = Some((self.kind_of(row), rule.map_or(reason, Reason::Rule)));
            }
        }
    }

    /// The line rule that matches a block wherever it stands.
    fn rule_anywhere(&self, row: usize) -> Option<Arc<Address>> {
        let hit = self.reading.hit(row)?;
        if hit.anywhere {
            return Some(hit.rule.clone());
        }
        let (text, lang) = (self.drafts.text(row), self.reading.lang());
        let line = Line { text, from_head: usize::MAX, from_tail: usize::MAX, lang };
        self.reading.chain.line(&line).map(|hit| hit.rule)
    }

    /// What a block that no rule dropped is called.
    fn kind_of(&self, row: usize) -> Kind {
        if let Some(hit) = self.reading.hit(row) {
            return hit.kind;
        }
        let draft = &self.drafts.list[row];
        let text = self.drafts.text(row);
        let linked = draft.link_chars * 2 > draft.chars;
        if draft.form == Form::Caption {
            return Kind::Caption;
        }
        if let Some(hint) = draft.hint {
            // A byline's box that holds a paragraph is the author's, not the byline.
            return if hint == Kind::Byline && draft.chars > 100 { Kind::AuthorBio } else { hint };
        }
        if text.contains('©') {
            Kind::Copyright
        } else if draft.within.has(Within::FIGURE) {
            Kind::Caption
        } else if draft.within.has(Within::NAV)
            || draft.within.has(Within::FOOTER)
            || draft.within.has(Within::HEADER)
        {
            Kind::Navigation
        } else if linked && draft.chars > 30 || draft.within.has(Within::NESTED_ARTICLE) {
            Kind::Related
        } else if linked || draft.within.has(Within::CONTROL) {
            Kind::Navigation
        } else {
            Kind::Other
        }
    }

    /// Everything before or after a marker that a site rule names.
    fn cut(&mut self) {
        let rows = self.kept_rows();
        let is_page = self.reading.dom.is_some();
        let lines: Vec<CutLine<'_>> = rows
            .iter()
            .map(|&row| CutLine {
                text: self.drafts.text(row),
                node: is_page.then_some(self.drafts.list[row].node),
            })
            .collect();
        for hit in self.reading.chain.cut(&lines, self.reading.dom.as_ref()) {
            if hit.refused {
                self.refused.push(hit.rule.clone());
                continue;
            }
            self.found.push(hit.rule.clone());
            for &row in &rows[hit.lines] {
                self.dropped[row].get_or_insert_with(|| (hit.kind, Reason::Rule(hit.rule.clone())));
            }
        }
    }

    /// Line rules, on the lines that are left.
    fn lines(&mut self) {
        let rows = self.kept_rows();
        for (from_head, &row) in rows.iter().enumerate() {
            // A line that no pattern matches wherever it stands is matched by none where it does stand.
            let Some(hit) = self.reading.hit(row) else { continue };
            if hit.anywhere {
                self.found.push(hit.rule.clone());
                self.dropped[row] = Some((hit.kind, Reason::Rule(hit.rule.clone())));
                continue;
            }
            let line = Line {
                text: self.drafts.text(row),
                from_head,
                from_tail: rows.len() - 1 - from_head,
                lang: self.reading.lang(),
            };
            if let Some(hit) = self.reading.chain.line(&line) {
                self.found.push(hit.rule.clone());
                self.dropped[row] = Some((hit.kind, Reason::Rule(hit.rule)));
            }
        }
    }

    /// A heading that the model is unsure of goes with the text below it.
    fn headings(&mut self) {
        let is_heading = |row: usize| matches!(self.drafts.list[row].form, Form::Heading(_));
        let joins: Vec<usize> = (1..self.dropped.len())
            .filter(|&below| self.is_kept(below) && !is_heading(below))
            .map(|below| below - 1)
            .filter(|&row| is_heading(row) && self.scores[row] >= UNSURE)
            .filter(|&row| matches!(self.dropped[row], Some((_, Reason::Model(_)))))
            .collect();
        for row in joins {
            self.dropped[row] = None;
        }
    }

    /// The head of a text: what is metadata there is no body.
    fn head(&mut self) -> Head {
        if self.reading.dom.is_some() {
            return Head::default();
        }
        let head = self.reading.head(&|row| self.scores[row] >= self.threshold);
        for &(row, kind) in &head.labels {
            if self.is_kept(row) {
                self.dropped[row] = Some((kind, Reason::Structure("head of the text")));
            }
        }
        for &row in &head.standfirst {
            if matches!(self.dropped[row], Some((_, Reason::Model(_)))) {
                self.dropped[row] = None;
                self.standfirst.push(row);
            }
        }
        head
    }

    /// Of paragraphs that say the same, the first stays; on a page, of one that stands whole in another, the other. A
    /// text without markup repeats itself on purpose more often than not (labels in lists, program listings), but side
    /// by side, and long sentences of its head and in runs.
    fn repeats(&mut self) {
        let is_page = self.reading.dom.is_some();
        let mut first: FxHashMap<&[u32], usize> = FxHashMap::default();
        let rows = self.kept_rows();
        if is_page {
            for (quote, of) in self.pull_quotes(&rows) {
                self.dropped[quote] = Some((Kind::Duplicate, Reason::Repeats(of)));
            }
        }
        let rows = self.kept_rows();
        // The places of the copy and its original before this one.
        let mut before: Option<(usize, usize)> = None;
        for (place, &row) in rows.iter().enumerate() {
            let words = self.drafts.words(row);
            if words.len() < REPEATED_WORDS {
                continue;
            }
            let is_long = words.len() >= REPEATED_WORDS * 2 && words::ends_as_sentence(self.drafts.text(row));
            match first.get(words) {
                Some(&at) => {
                    let in_run = is_long && before == Some((place - 1, at.wrapping_sub(1)));
                    before = Some((place, at));
                    let in_head = is_long && at < HEAD_BLOCKS;
                    if is_page || in_head || place - at <= 2 || in_run {
                        self.dropped[row] = Some((Kind::Duplicate, Reason::Repeats(rows[at])));
                    }
                }
                None => {
                    first.insert(words, place);
                }
            }
        }
    }

    /// Paragraphs among `rows` that another one holds word by word, with that one.
    fn pull_quotes(&self, rows: &[usize]) -> Vec<(usize, usize)> {
        /// Words to look one up by.
        const OPENING: usize = 4;
        /// Paragraphs that open alike of which more are no pull quotes, but a page that says the same again and again.
        const ALIKE: usize = 8;
        // By their first words, so that one pass over all words finds them.
        let mut openings: FxHashMap<&[u32], SmallVec<[usize; 1]>> = FxHashMap::default();
        for &row in rows {
            let is_text = matches!(self.drafts.list[row].form, Form::Paragraph | Form::Quote);
            let words = self.drafts.words(row);
            if is_text && words.len() >= QUOTED_WORDS {
                let alike = openings.entry(&words[..OPENING]).or_default();
                if alike.len() < ALIKE {
                    alike.push(row);
                }
            }
        }
        // Nearly all words open no other paragraph.
        let filter = Filter::new(openings.keys().map(|words| words[0]), openings.len());
        let mut found = vec![];
        for &of in rows {
            let words = self.drafts.words(of);
            for at in 0..(words.len() + 1).saturating_sub(QUOTED_WORDS) {
                if !filter.may_have(words[at]) {
                    continue;
                }
                for &quote in openings.get(&words[at..at + OPENING]).into_iter().flatten() {
                    let quoted = self.drafts.words(quote);
                    if quoted.len() < words.len() && words[at..].starts_with(quoted) {
                        found.push((quote, of));
                    }
                }
            }
        }
        found
    }

    /// The block that is the headline; its repetitions among the kept ones are dropped.
    fn title(&mut self, head: &Head) {
        let headline = head.title.map_or(self.reading.title(), |row| self.drafts.text(row));
        if self.reading.dom.is_none() && head.title.is_none() {
            return;
        }
        let mut title = vec![];
        words::hashes(headline, &mut title);
        if title.is_empty() {
            return;
        }
        let drafts = self.drafts;
        let same: Vec<usize> = (0..drafts.list.len()).filter(|&row| drafts.words(row) == title).collect();
        let heading = |row: &&usize| matches!(drafts.list[**row].form, Form::Heading(1 | 2));
        self.title_row = same.iter().find(heading).or(same.first()).copied();
        for row in same {
            if Some(row) != self.title_row && self.is_kept(row) {
                let of = self.title_row.unwrap_or(row);
                self.dropped[row] = Some((Kind::Duplicate, Reason::Repeats(of)));
            }
        }
    }

    fn settle(&mut self, row: usize) -> (Label, Reason) {
        if Some(row) == self.title_row {
            return (Label::Kept(Role::Title), Reason::Structure("title"));
        }
        if let Some((kind, reason)) = self.dropped[row].take() {
            return (Label::Dropped(kind), reason);
        }
        let draft = &self.drafts.list[row];
        let role = match draft.form {
            Form::Heading(_) => Role::Heading,
            Form::ListItem => Role::ListItem,
            Form::Quote => Role::Quote,
            Form::TableRow => Role::TableRow,
            Form::Preformatted => Role::Preformatted,
            Form::Paragraph | Form::Caption => Role::Paragraph,
        };
        if self.standfirst.contains(&row) {
            return (Label::Kept(Role::Standfirst), Reason::Structure("head of the text"));
        }
        let reason = self.by_site.clone().unwrap_or_else(|| Reason::Model(probability(self.scores[row])));
        (Label::Kept(role), reason)
    }
}
