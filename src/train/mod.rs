//! Training of the structure model from pages with a truth.

pub mod boost;
mod phrases;
pub mod truth;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use crate::blocks::tokens::{self, Lexicon};
use crate::blocks::{Drafts, from_dom};
use crate::document::Document;
use crate::dom::{Dom, Limits, Tag};
use crate::labels::features::features;
use crate::labels::lines;
use crate::labels::matrix::Matrix;
use crate::labels::phrases::Phrases;
use crate::labels::smooth::set_opinions;
use crate::labels::{Layers, Model};
use crate::reading::Reading;
use crate::rules::RuleSet;
use crate::timing::NoClock;
use boost::{Settings, boost};
use truth::Said;

/// A page or text with its truth.
#[derive(Debug, Deserialize)]
pub struct Example {
    /// Address, for the folds.
    pub url: String,
    /// The page.
    pub html: Option<String>,
    /// The text, if it is not a page.
    pub text: Option<String>,
    /// What should come out.
    pub truth: Truth,
}

/// What should come out of a page.
#[derive(Debug, Default, Deserialize)]
pub struct Truth {
    /// The whole body.
    pub body: Option<String>,
    /// Snippets that must be in it.
    #[serde(default)]
    pub with_: Option<Vec<String>>,
    /// Snippets that must not.
    #[serde(default)]
    pub without: Option<Vec<String>>,
}

impl Example {
    /// The example as a document to clean.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        let document = match (&self.html, &self.text) {
            (Some(html), _) => Document::page(html),
            (None, text) => Document::text(text.as_deref().unwrap_or_default()),
        };
        Document { url: Some(&self.url), ..document }
    }

    /// The fold of `folds` that the example's registrable domain falls into.
    #[must_use]
    pub fn fold(&self, folds: usize, seed: u64) -> usize {
        let host = self
            .url
            .split("://")
            .nth(1)
            .unwrap_or(&self.url)
            .split(['/', ':', '?', '#'])
            .next()
            .unwrap_or_default();
        let domain = psl::domain_str(host).unwrap_or(host);
        let hash = domain.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        ((hash >> 20) % folds as u64) as usize
    }

    fn domain_key(&self) -> u64 {
        self.fold(usize::MAX >> 1, 7) as u64
    }
}

/// An example with its blocks, their features, what the truth says of them and their weights.
struct Prepared<'a> {
    drafts: Drafts,
    matrix: Matrix,
    dom: Option<Dom<'a>>,
    said: Vec<Said>,
    weights: Vec<f32>,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Trees of each forest.
    pub trees: usize,
    /// Forests that look one after the other.
    pub layers: usize,
    /// Inner folds, for opinions that the forest before has not learned by heart.
    pub folds: usize,
    /// Seed of the folds.
    pub seed: u64,
}

/// Trains a model.
#[must_use]
pub fn train(examples: &[&Example], rules: &RuleSet, plan: Plan) -> Model {
    let pages: Vec<&Example> = examples.iter().copied().filter(|example| example.html.is_some()).collect();
    let clean = clean_texts(examples);
    let texts =
        examples.iter().copied().filter(|example| example.html.is_none()).chain(&clean).collect::<Vec<_>>();
    let weights = token_weights(&pages);
    let lexicon = Lexicon::new(weights.iter().map(|(token, weight)| (token.as_str(), *weight)));
    Model {
        page: layers(&pages, rules, plan),
        text: layers(&texts, rules, plan),
        lexicon,
        token_weights: weights,
        phrases: phrases::learn(&texts),
    }
}

/// The bodies of the truth as texts in which nothing is to be removed, so that the model learns what clean
/// text looks like as a whole. Every second one is without blank lines and list marks, as these say nothing.
fn clean_texts(examples: &[&Example]) -> Vec<Example> {
    let mut seen = FxHashSet::default();
    let bodies = examples.iter().filter_map(|example| Some((&example.url, example.truth.body.as_deref()?)));
    let bodies = bodies.filter(|body| seen.insert(*body));
    let plain = |body: &str| {
        let lines = body.lines().map(|line| line.trim().trim_start_matches(['-', '*', '•', ' ']));
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let texts = bodies.enumerate().map(|(number, (url, body))| Example {
        url: url.clone(),
        html: None,
        text: Some(if number % 2 == 0 { body.to_owned() } else { plain(body) }),
        truth: Truth { body: Some(body.to_owned()), ..Truth::default() },
    });
    texts.collect()
}

fn layers(examples: &[&Example], rules: &RuleSet, plan: Plan) -> Layers {
    if examples.is_empty() {
        return Layers::default();
    }
    let fold_of: Vec<usize> = examples.iter().map(|example| example.fold(plan.folds, plan.seed)).collect();
    // Token weights come from other domains than those they are used on, as they will in use.
    let others = |fold: usize| -> Vec<&Example> {
        let outside = examples.iter().zip(&fold_of).filter(|(_, of)| **of != fold);
        outside.map(|(example, _)| *example).collect()
    };
    let lexicons: Vec<Lexicon> = (0..plan.folds)
        .map(|fold| {
            let weights = token_weights(&others(fold));
            Lexicon::new(weights.iter().map(|(token, weight)| (token.as_str(), *weight)))
        })
        .collect();
    let phrases: Vec<Phrases> = (0..plan.folds).map(|fold| phrases::learn(&others(fold))).collect();
    let mut prepared: Vec<Prepared<'_>> = examples
        .par_iter()
        .zip(&fold_of)
        .map(|(example, &fold)| prepare(example, rules, &lexicons[fold], &phrases[fold]))
        .collect();
    let settings = Settings { trees: plan.trees, rate: 0.15, ridge: 20.0, least: 4.0, one_in: 1 };
    // Texts are fewer, and have more columns that say nearly the same.
    let are_texts = examples[0].html.is_none();
    let settings =
        if are_texts { Settings { trees: plan.trees * 3 / 2, one_in: 2, ..settings } } else { settings };
    let mut forests = vec![];
    for layer in 0..plan.layers {
        let (matrix, truth, weights) = gather(prepared.iter());
        forests.push(boost(&matrix, &truth, &weights, settings));
        if layer + 1 == plan.layers {
            break;
        }
        // Opinions come from forests that have not seen the page, as they will in use.
        let of_folds: Vec<_> = (0..plan.folds)
            .map(|fold| {
                let others =
                    prepared.iter().zip(&fold_of).filter(|(_, of)| **of != fold).map(|(page, _)| page);
                let (matrix, truth, weights) = gather(others);
                boost(&matrix, &truth, &weights, settings)
            })
            .collect();
        prepared.par_iter_mut().zip(&fold_of).for_each(|(page, &fold)| {
            let scores = of_folds[fold].scores(&page.matrix);
            set_opinions(&mut page.matrix, &page.drafts, &scores, page.dom.as_ref());
        });
    }
    Layers { forests }
}

fn prepare<'a>(example: &'a Example, rules: &RuleSet, lexicon: &Lexicon, phrases: &Phrases) -> Prepared<'a> {
    let reading = Reading::new(&example.document(), rules, lexicon, &mut NoClock);
    let mut matrix = features(&reading.drafts, &reading.context());
    if reading.dom.is_none() {
        lines::features(&mut matrix, &reading.drafts, &reading.context(), phrases);
    }
    let said = say(example, &reading.drafts);
    let weights = weigh(example, &reading.drafts, &said);
    Prepared { drafts: reading.drafts, matrix, dom: reading.dom, said, weights }
}

fn say(example: &Example, drafts: &Drafts) -> Vec<Said> {
    let truth = &example.truth;
    match &truth.body {
        Some(body) => truth::align(drafts, body),
        None => truth::by_snippets(
            drafts,
            truth.with_.as_deref().unwrap_or_default(),
            truth.without.as_deref().unwrap_or_default(),
        ),
    }
}

/// Weights of a page's blocks: by words, so that all of a page's truth weighs 100; boilerplate at most three
/// times that. Blocks of pages with snippets weigh the same each.
const MOST_BOILERPLATE: f32 = 10.0;

fn weigh(example: &Example, drafts: &Drafts, said: &[Said]) -> Vec<f32> {
    if example.truth.body.is_none() {
        return said.iter().map(|said| if said.is_some() { 6.0 } else { 0.0 }).collect();
    }
    let size = |row: usize| 12.0 + drafts.list[row].chars as f32;
    let sum = |what: bool| -> f32 { (0..said.len()).filter(|&row| said[row] == Some(what)).map(size).sum() };
    let truth = sum(true);
    if truth < 100.0 {
        return vec![0.0; said.len()];
    }
    let unit = 100.0 / truth;
    let damp = (MOST_BOILERPLATE * truth / sum(false).max(1.0)).min(1.0);
    (0..said.len())
        .map(|row| match said[row] {
            Some(true) => size(row) * unit,
            Some(false) => size(row) * unit * damp,
            None => 0.0,
        })
        .collect()
}

/// Rows that weigh less stand for others like them: one in so many is taken, with this weight.
const LEAST_WEIGHT: f32 = 2.0;

fn gather<'a>(pages: impl Iterator<Item = &'a Prepared<'a>>) -> (Matrix, Vec<bool>, Vec<f32>) {
    let (mut parts, mut truth, mut weights) = (vec![], vec![], vec![]);
    let mut passed = 0.0;
    for page in pages {
        let taken = |row: &usize| {
            passed += page.weights[*row].min(LEAST_WEIGHT);
            let takes = passed >= LEAST_WEIGHT;
            passed -= if takes { LEAST_WEIGHT } else { 0.0 };
            takes
        };
        let rows: Vec<usize> = (0..page.said.len()).filter(taken).collect();
        truth.extend(rows.iter().map(|&row| page.said[row] == Some(true)));
        weights.extend(rows.iter().map(|&row| page.weights[row].max(LEAST_WEIGHT)));
        parts.push((&page.matrix, rows));
    }
    (Matrix::of_rows(&parts), truth, weights)
}

/// For a page's tokens the shares of its main content and of its boilerplate under them.
type Shares = FxHashMap<String, (f32, f32)>;

/// Log-odds times 16 of main content under a class or id token, against the share on the whole page, for
/// tokens of at least [`TOKEN_DOMAINS`] domains.
fn token_weights(pages: &[&Example]) -> Vec<(String, i16)> {
    /// Domains that a token must occur on.
    const TOKEN_DOMAINS: usize = 6;
    let empty = Lexicon::default();
    let counted: Vec<(u64, Shares)> = pages
        .par_iter()
        .filter(|page| page.html.is_some() && page.truth.body.is_some())
        .map(|page| {
            let dom = Dom::parse(page.html.as_deref().unwrap_or_default(), &Limits::default());
            let drafts = from_dom(&dom, &empty, Some(&page.url), &[]);
            let said = say(page, &drafts);
            (page.domain_key(), count_tokens(&dom, &drafts, &said))
        })
        .collect();
    // Sums of pages' shares: (in truth, not in truth), and the domains.
    let mut tokens: FxHashMap<&str, (f32, f32, FxHashSet<u64>)> = FxHashMap::default();
    for (domain, counts) in &counted {
        for (token, (good, bad)) in counts {
            let entry = tokens.entry(token).or_default();
            entry.0 += good;
            entry.1 += bad;
            entry.2.insert(*domain);
        }
    }
    let mut weights: Vec<(String, i16)> = tokens
        .into_iter()
        .filter(|(_, (_, _, domains))| domains.len() >= TOKEN_DOMAINS)
        .map(|(token, (good, bad, _))| {
            (token.to_owned(), (((good + 0.5) / (bad + 0.5)).ln() * 16.0).round() as i16)
        })
        .filter(|(_, weight)| weight.abs() >= 8)
        .collect();
    weights.sort();
    weights
}

/// For each token above any block of the page: the shares of the page's main content and of its boilerplate
/// (both by characters) under it.
fn count_tokens(dom: &Dom<'_>, drafts: &Drafts, said: &[Said]) -> Shares {
    let sum = |what: bool| -> f32 {
        let rows = (0..said.len()).filter(|&row| said[row] == Some(what));
        rows.map(|row| drafts.list[row].chars as f32).sum::<f32>().max(1.0)
    };
    let (good, bad) = (sum(true), sum(false));
    let mut counts = Shares::default();
    let mut seen: FxHashSet<String> = FxHashSet::default();
    for (row, draft) in drafts.list.iter().enumerate() {
        let Some(said) = said[row] else { continue };
        seen.clear();
        for node in std::iter::once(draft.owner).chain(dom.ancestors(draft.owner)) {
            if matches!(dom.tag(node), Tag::Html | Tag::Body) {
                continue;
            }
            for value in ["class", "id"].into_iter().filter_map(|name| dom.attr(node, name)) {
                tokens::each(value, |token| {
                    let token = String::from_utf8_lossy(token).to_ascii_lowercase();
                    if token.len() <= 20 && !token.bytes().any(|byte| byte.is_ascii_digit()) {
                        seen.insert(token);
                    }
                });
            }
        }
        for token in seen.drain() {
            let (in_truth, not) = counts.entry(token).or_default();
            if said {
                *in_truth += draft.chars as f32 / good;
            } else {
                *not += draft.chars as f32 / bad;
            }
        }
    }
    counts
}
