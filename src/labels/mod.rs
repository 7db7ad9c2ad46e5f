//! One label and one reason for each block: the only place that decides.

mod appeal;
pub mod choose;
mod counts;
pub mod decide;
pub mod features;
pub mod lines;
pub mod matrix;
pub mod model;
pub mod phrases;
pub mod smooth;

use sha2::{Digest, Sha256};

use crate::blocks::Drafts;
use crate::blocks::tokens::Lexicon;
use crate::dom::Dom;
use crate::labels::features::features;
use crate::labels::matrix::Matrix;
use crate::labels::model::Forest;
use crate::labels::phrases::Phrases;
use crate::reading::Context;

/// The model in the binary.
const SHIPPED: &str = include_str!("model.txt");

/// Forests that look one after the other: each but the first also sees what the one before it thinks of a
/// block's neighbours.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// The forests in their order.
    pub forests: Vec<Forest>,
}

impl Layers {
    /// Scores of all blocks: log-odds of main content.
    #[must_use]
    pub fn scores(&self, mut matrix: Matrix, drafts: &Drafts, dom: Option<&Dom<'_>>) -> Vec<i32> {
        let mut scores = vec![0; matrix.rows()];
        for (layer, forest) in self.forests.iter().enumerate() {
            if layer > 0 {
                smooth::set_opinions(&mut matrix, drafts, &scores, dom);
            }
            scores = forest.scores(&matrix);
        }
        scores
    }
}

/// The structure model: one stack of forests for pages, one for texts, and the weights of class tokens.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// For pages.
    pub page: Layers,
    /// For flattened texts.
    pub text: Layers,
    /// Class and id tokens and what they say.
    pub lexicon: Lexicon,
    /// The learned weights in the lexicon, to write them.
    pub token_weights: Vec<(String, i16)>,
    /// Words of texts and what they say.
    pub phrases: Phrases,
}

impl Model {
    /// The model in the binary.
    ///
    /// # Panics
    /// The file that was built in is no model, which the tests rule out.
    #[must_use]
    pub fn shipped() -> Self {
        Self::read(SHIPPED).expect("the shipped model is well-formed")
    }

    /// SHA-256 of the model in the binary, in hexadecimal digits.
    #[must_use]
    pub fn shipped_digest() -> String {
        Sha256::digest(SHIPPED).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads what [`Model::write`] wrote.
    ///
    /// # Errors
    /// Names the section and line that is wrong.
    pub fn read(file: &str) -> Result<Self, String> {
        let mut model = Self::default();
        for section in file.split("\n[").skip(1) {
            let (name, lines) = section.split_once("]\n").ok_or("a section has no name")?;
            let lines = lines.lines().filter(|line| !line.is_empty());
            let layers = match name {
                "tokens" => {
                    for line in lines {
                        let weight = line
                            .split_once(' ')
                            .and_then(|(token, weight)| Some((token.to_owned(), weight.parse().ok()?)));
                        model
                            .token_weights
                            .push(weight.ok_or_else(|| format!("[tokens]: not a token: {line:.60}"))?);
                    }
                    continue;
                }
                "phrases" => {
                    model.phrases = Phrases::read(lines).map_err(|error| format!("[phrases]: {error}"))?;
                    continue;
                }
                "page" => &mut model.page,
                "text" => &mut model.text,
                _ => return Err(format!("unknown section [{name:.60}]")),
            };
            layers.forests.push(Forest::read(lines).map_err(|error| format!("[{name}] {error}"))?);
        }
        for (layers, is_page) in [(&model.page, true), (&model.text, false)] {
            for (layer, forest) in layers.forests.iter().enumerate() {
                let opinions = if layer == 0 { 0 } else { smooth::OPINIONS.len() };
                let columns = smooth::first_columns(is_page) + opinions;
                if forest.columns() > columns {
                    return Err(format!(
                        "a forest asks for {} columns, there are {columns}",
                        forest.columns()
                    ));
                }
            }
        }
        model.lexicon =
            Lexicon::new(model.token_weights.iter().map(|(token, weight)| (token.as_str(), *weight)));
        Ok(model)
    }

    /// The model as text.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::from("# Made by `copydesk train`; see docs/quality.md.\n\n[tokens]\n");
        for (token, weight) in &self.token_weights {
            out.push_str(&format!("{token} {weight}\n"));
        }
        out.push_str("\n[phrases]\n");
        self.phrases.write(&mut out);
        for (name, layers) in [("page", &self.page), ("text", &self.text)] {
            for forest in &layers.forests {
                out.push_str(&format!("\n[{name}]\n"));
                forest.write(&mut out);
            }
        }
        out
    }

    /// Scores of a document's blocks.
    #[must_use]
    pub fn scores(&self, drafts: &Drafts, context: &Context<'_>) -> Vec<i32> {
        let mut matrix = features(drafts, context);
        if context.dom.is_none() {
            lines::features(&mut matrix, drafts, context, &self.phrases);
            return self.text.scores(matrix, drafts, None);
        }
        self.page.scores(matrix, drafts, context.dom)
    }
}
