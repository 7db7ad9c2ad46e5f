//! One label and one reason for each block: the only place that decides.

pub mod choose;
pub mod features;
pub mod model;
pub mod smooth;

use crate::blocks::Drafts;
use crate::blocks::tokens::Lexicon;
use crate::dom::Dom;
use crate::labels::features::{Context, Matrix, features};
use crate::labels::model::Forest;

/// Two forests: the second sees what the first thinks of the neighbours.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// Looks at single blocks.
    pub first: Forest,
    /// Smooths over neighbours.
    pub second: Forest,
}

impl Layers {
    /// Scores of all blocks: log-odds of main content.
    #[must_use]
    pub fn scores(&self, mut matrix: Matrix, drafts: &Drafts, dom: Option<&Dom>) -> Vec<i32> {
        let first = self.first.scores(&matrix);
        smooth::add_opinions(&mut matrix, drafts, &first, dom);
        self.second.scores(&matrix)
    }
}

/// The structure model: one pair of forests for pages, one for texts, and the weights of class tokens.
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
}

impl Model {
    /// The model in the binary.
    ///
    /// # Panics
    /// The file that was built in is no model, which the tests rule out.
    #[must_use]
    pub fn shipped() -> Self {
        Self::read(include_str!("model.txt")).expect("the shipped model is well-formed")
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
            let forest = match name {
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
                "page first" => &mut model.page.first,
                "page second" => &mut model.page.second,
                "text first" => &mut model.text.first,
                "text second" => &mut model.text.second,
                _ => return Err(format!("unknown section [{name:.60}]")),
            };
            *forest = Forest::read(lines).map_err(|error| format!("[{name}] {error}"))?;
        }
        let columns = |layers: &Layers| (layers.first.columns(), layers.second.columns());
        for (first, second) in [columns(&model.page), columns(&model.text)] {
            if first > features::COLUMNS || second > smooth::SMOOTHED {
                return Err("the model asks for more columns than there are".to_owned());
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
        let forests = [
            ("page first", &self.page.first),
            ("page second", &self.page.second),
            ("text first", &self.text.first),
            ("text second", &self.text.second),
        ];
        for (name, forest) in forests {
            out.push_str(&format!("\n[{name}]\n"));
            forest.write(&mut out);
        }
        out
    }

    /// Scores of a document's blocks.
    #[must_use]
    pub fn scores(&self, drafts: &Drafts, context: &Context<'_>) -> Vec<i32> {
        let layers = if context.dom.is_some() { &self.page } else { &self.text };
        layers.scores(features(drafts, context), drafts, context.dom)
    }
}
