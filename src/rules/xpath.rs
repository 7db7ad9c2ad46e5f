//! XPath 1.0, for rules that were imported from other tools; behind the cargo feature `xpath`.

#[cfg(feature = "xpath")]
pub(super) use with_feature::XPath;
#[cfg(not(feature = "xpath"))]
pub(super) use without_feature::XPath;

/// Why a text is no XPath, and the byte of it where that shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadXPath {
    pub(super) message: String,
    pub(super) offset: usize,
    pub(super) hint: Option<String>,
}

/// Why a text is no XPath; `None` if it is, or if this build has no XPath to tell.
#[must_use]
pub fn xpath_mistake(text: &str) -> Option<String> {
    XPath::parse(text).err().filter(|_| cfg!(feature = "xpath")).map(|error| error.message)
}

#[cfg(not(feature = "xpath"))]
mod without_feature {
    use super::BadXPath;
    use crate::dom::{Dom, NodeId};

    /// An expression that cannot be: this build has no XPath.
    #[derive(Debug)]
    pub(in crate::rules) enum XPath {}

    impl XPath {
        pub(in crate::rules) fn parse(_: &str) -> Result<Self, BadXPath> {
            Err(BadXPath {
                message: "this copydesk is built without XPath".to_owned(),
                offset: 0,
                hint: Some("build it with `--features xpath`, or write CSS with text, up, nth".to_owned()),
            })
        }

        pub(in crate::rules) fn find(&self, _: &Dom<'_>) -> (Vec<NodeId>, Vec<String>) {
            match *self {}
        }
    }
}

#[cfg(feature = "xpath")]
mod with_feature {
    use std::cmp::Ordering;
    use std::sync::LazyLock;

    use regex::Regex;
    use xpath_eval::{EvaluationContext, ExpandedName, Expr, Node, NodeKind, Value};

    use super::BadXPath;
    use crate::dom::{Dom, NodeId, Tag};
    use crate::rules::diagnostic::closest;

    /// Nested brackets of an expression; the parser recurses.
    const MAX_NESTING: usize = 16;

    /// Functions and tests of XPath 1.0.
    const FUNCTIONS: &[&str] = &[
        "last",
        "position",
        "count",
        "id",
        "local-name",
        "namespace-uri",
        "name",
        "string",
        "concat",
        "starts-with",
        "contains",
        "substring-before",
        "substring-after",
        "substring",
        "string-length",
        "normalize-space",
        "translate",
        "boolean",
        "not",
        "true",
        "false",
        "lang",
        "number",
        "sum",
        "floor",
        "ceiling",
        "round",
        "text",
        "node",
        "comment",
        "processing-instruction",
        "and",
        "or",
        "div",
        "mod",
    ];

    /// A string, or a name before a bracket.
    static CALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#""[^"]*"|'[^']*'|([A-Za-z][\w.-]*)\s*\("#).ok());

    /// A checked expression.
    #[derive(Debug)]
    pub(in crate::rules) struct XPath(Expr);

    impl XPath {
        pub(in crate::rules) fn parse(text: &str) -> Result<Self, BadXPath> {
            check_nesting(text)?;
            let expr = xpath_eval::parse(text).map_err(|error| BadXPath {
                message: error.message,
                offset: error.position.min(text.len()),
                hint: None,
            })?;
            let calls =
                CALL.iter().flat_map(|call| call.captures_iter(text)).filter_map(|found| found.get(1));
            let mut unknown = calls.filter(|call| !FUNCTIONS.contains(&call.as_str()));
            if let Some(call) = unknown.next() {
                let near = closest(call.as_str(), FUNCTIONS.iter().copied());
                return Err(BadXPath {
                    message: format!("unknown function {}()", call.as_str()),
                    offset: call.start(),
                    hint: near.map(|near| format!("did you mean {near}()?")),
                });
            }
            Ok(Self(expr))
        }

        /// The elements it finds, and the values of attributes and texts, both in document order. A string or a
        /// number is a value.
        pub(in crate::rules) fn find(&self, dom: &Dom<'_>) -> (Vec<NodeId>, Vec<String>) {
            let root = Place { dom, node: 0, attr: None };
            match xpath_eval::evaluate(&self.0, &EvaluationContext::new(root)) {
                Ok(Value::NodeSet(mut found)) => {
                    found.sort_by(|a, b| a.document_order(*b));
                    found.dedup();
                    let (elements, others): (Vec<_>, Vec<_>) =
                        found.into_iter().partition(|place| place.kind() == NodeKind::Element);
                    let values = others.into_iter().map(Node::string_value).collect();
                    (elements.into_iter().map(|place| place.node).collect(), values)
                }
                Ok(Value::Boolean(_)) | Err(_) => (vec![], vec![]),
                Ok(value) => (vec![], vec![value.to_xpath_string()]),
            }
        }
    }

    fn check_nesting(text: &str) -> Result<(), BadXPath> {
        let (mut open, mut quote, mut minus) = (0_usize, None, 0);
        for (offset, c) in text.char_indices() {
            match (quote, c) {
                (Some(end), _) => quote = quote.filter(|_| c != end),
                (None, '"' | '\'') => quote = Some(c),
                (None, '(' | '[') => open += 1,
                (None, ')' | ']') => open = open.saturating_sub(1),
                _ => {}
            }
            minus = if c == '-' {
                minus + 1
            } else if c == ' ' {
                minus
            } else {
                0
            };
            if open > MAX_NESTING || minus > MAX_NESTING {
                let message = format!("nested more than {MAX_NESTING} deep");
                return Err(BadXPath { message, offset, hint: None });
            }
        }
        Ok(())
    }

    /// A node of the tree, or one of its attributes by number, as the evaluator wants it.
    #[derive(Clone, Copy)]
    struct Place<'a> {
        dom: &'a Dom<'a>,
        node: NodeId,
        attr: Option<usize>,
    }

    impl Place<'_> {
        fn key(&self) -> (NodeId, Option<usize>) {
            (self.node, self.attr)
        }
    }

    impl PartialEq for Place<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.key() == other.key()
        }
    }

    impl Eq for Place<'_> {}

    impl<'a> Node<'a> for Place<'a> {
        fn kind(self) -> NodeKind {
            match (self.attr, self.dom.tag(self.node)) {
                (Some(_), _) => NodeKind::Attribute,
                (None, Tag::Document) => NodeKind::Root,
                (None, tag) if tag.is_element() => NodeKind::Element,
                _ => NodeKind::Text,
            }
        }

        fn parent(self) -> Option<Self> {
            match self.attr {
                Some(_) => Some(Self { attr: None, ..self }),
                None => self.dom.parent(self.node).map(|node| Self { node, ..self }),
            }
        }

        fn children(self) -> impl Iterator<Item = Self> + 'a {
            let own = self.attr.is_none().then(|| self.dom.children(self.node));
            own.into_iter().flatten().map(move |node| Self { node, ..self })
        }

        fn attributes(self) -> impl Iterator<Item = Self> + 'a {
            let all = if self.kind() == NodeKind::Element { self.dom.attrs(self.node).count() } else { 0 };
            (0..all).map(move |number| Self { attr: Some(number), ..self })
        }

        fn namespaces(self) -> impl Iterator<Item = Self> + 'a {
            std::iter::empty()
        }

        fn expanded_name(self) -> Option<ExpandedName> {
            let name = match self.attr {
                Some(number) => self.dom.attrs(self.node).nth(number)?.0,
                None if self.kind() == NodeKind::Element => self.dom.name(self.node),
                None => return None,
            };
            Some(ExpandedName { namespace_uri: None, local_name: name.to_owned() })
        }

        fn string_value(self) -> String {
            if let Some(number) = self.attr {
                return self.dom.attrs(self.node).nth(number).map_or("", |(_, value)| value).to_owned();
            }
            (self.node..self.dom.end(self.node)).map(|node| self.dom.text(node)).collect()
        }

        fn document_order(self, other: Self) -> Ordering {
            self.key().cmp(&other.key())
        }

        fn is_id_attribute(self) -> bool {
            self.attr
                .and_then(|number| self.dom.attrs(self.node).nth(number))
                .is_some_and(|(name, _)| name == "id")
        }
    }
}
