//! Reads XPath 1.0, as far as site configs use it.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Path(Path),
    Call(String, Vec<Expr>),
    Text(String),
    Number(f64),
    /// `or`, `and`, `=`, `!=`, `<`, `<=`, `>`, `>=`, `+`, `-`, `*`, `div`, `mod`, `|`.
    Binary(&'static str, Box<Expr>, Box<Expr>),
}

/// A location path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    /// What it starts from: the root or the context node if nothing is said, else an expression with predicates.
    pub(super) start: Start,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Start {
    Root,
    Here,
    Filter(Box<Expr>, Vec<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Expr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Itself,
    Attribute,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// `*`.
    Any,
    Name(String),
    /// `text()`.
    Text,
    /// `node()`.
    Node,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

/// Signs, longer ones first.
const SIGNS: &[&str] = &[
    "::", "//", "..", "!=", "<=", ">=", "/", ".", "@", "[", "]", "(", ")", ",", "|", "=", "<", ">", "+", "-",
    "*", "$",
];

/// Binary operators, weakest first; those of one row are equally strong.
const OPERATORS: &[&[&str]] =
    &[&["or"], &["and"], &["=", "!="], &["<", "<=", ">", ">="], &["+", "-"], &["*", "div", "mod"], &["|"]];

/// Brackets in brackets; deeper ones are no site config.
const MAX_DEPTH: usize = 32;

/// Reads an expression; the error is for people.
pub(super) fn parse(text: &str) -> Result<Expr, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let expr = parser.binary(0)?;
    match parser.peek() {
        None => Ok(expr),
        Some(token) => Err(format!("{token:?} is not expected there")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = vec![];
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = if first == '"' || first == '\'' {
            let end = rest[1..].find(first).ok_or("a string without an end")?;
            tokens.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Number(
                rest[..end].parse().map_err(|_| format!("no number: {}", &rest[..end]))?,
            ));
            end
        } else if first.is_alphabetic() || first == '_' {
            // A colon is part of a name (`svg:path`), two are not.
            let mut end = 0;
            for (at, c) in rest.char_indices() {
                let is_colon = c == ':' && !rest[at..].starts_with("::") && !rest[..at].ends_with(':');
                let is_axis = is_colon && rest[..at].is_empty();
                if !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.') || is_colon && !is_axis) {
                    break;
                }
                end = at + c.len_utf8();
            }
            tokens.push(Token::Name(rest[..end].to_owned()));
            end
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("`{first}` is not XPath"))?;
            tokens.push(Token::Sign(sign));
            sign.len()
        };
        rest = rest[len..].trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&self, ahead: usize, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + ahead), Some(Token::Sign(found)) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(0, sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("`{sign}` is missing")) }
    }

    fn name(&mut self) -> Option<String> {
        let Some(Token::Name(name)) = self.peek() else { return None };
        let name = name.clone();
        self.at += 1;
        Some(name)
    }

    /// A chain of operators of this strength, of stronger operands.
    fn binary(&mut self, strength: usize) -> Result<Expr, String> {
        let Some(operators) = OPERATORS.get(strength) else { return self.unary() };
        let mut left = self.binary(strength + 1)?;
        loop {
            let found = operators.iter().find(|operator| match self.peek() {
                Some(Token::Sign(sign)) => sign == *operator,
                Some(Token::Name(name)) => name == *operator,
                _ => false,
            });
            let Some(operator) = found else { return Ok(left) };
            self.at += 1;
            let right = self.binary(strength + 1)?;
            left = Expr::Binary(operator, Box::new(left), Box::new(right));
        }
    }

    fn unary(&mut self) -> Result<Expr, String> {
        let minus = self.take("-");
        let expr = self.path()?;
        Ok(if minus { Expr::Binary("-", Box::new(Expr::Number(0.0)), Box::new(expr)) } else { expr })
    }

    fn path(&mut self) -> Result<Expr, String> {
        let is_call = matches!(self.peek(), Some(Token::Name(name)) if !matches!(name.as_str(), "text" | "node" | "comment"))
            && self.is(1, "(");
        let start = match self.peek() {
            Some(Token::Text(text)) => {
                let text = text.clone();
                self.at += 1;
                return Ok(Expr::Text(text));
            }
            Some(Token::Number(number)) => {
                let number = *number;
                self.at += 1;
                return Ok(Expr::Number(number));
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                let inner = self.nested()?;
                self.expect(")")?;
                Some(inner)
            }
            _ if is_call => {
                let name = self.name().unwrap_or_default();
                self.at += 1;
                let mut arguments = vec![];
                if !self.take(")") {
                    arguments.push(self.nested()?);
                    while self.take(",") {
                        arguments.push(self.nested()?);
                    }
                    self.expect(")")?;
                }
                Some(Expr::Call(name, arguments))
            }
            _ => None,
        };
        let mut steps = vec![];
        let start = match start {
            Some(expr) => {
                let predicates = self.predicates()?;
                if predicates.is_empty() && !self.is(0, "/") && !self.is(0, "//") {
                    return Ok(expr);
                }
                let start = Start::Filter(Box::new(expr), predicates);
                self.more_steps(&mut steps)?;
                start
            }
            None if self.is(0, "/") || self.is(0, "//") => {
                self.more_steps(&mut steps)?;
                Start::Root
            }
            None => {
                steps.push(self.step()?);
                self.more_steps(&mut steps)?;
                Start::Here
            }
        };
        Ok(Expr::Path(Path { start, steps }))
    }

    fn nested(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("brackets too deep".to_owned());
        }
        let expr = self.binary(0);
        self.depth -= 1;
        expr
    }

    fn more_steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        loop {
            if self.take("//") {
                steps.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: vec![] });
            } else if !self.take("/") {
                return Ok(());
            }
            steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Result<Step, String> {
        if self.take("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: self.predicates()? });
        }
        if self.take(".") {
            return Ok(Step { axis: Axis::Itself, test: Test::Node, predicates: self.predicates()? });
        }
        let axis = if self.take("@") {
            Axis::Attribute
        } else if self.is(1, "::") {
            let name = self.name().ok_or("an axis has a name")?;
            self.at += 1;
            match name.as_str() {
                "child" => Axis::Child,
                "descendant" => Axis::Descendant,
                "descendant-or-self" => Axis::DescendantOrSelf,
                "parent" => Axis::Parent,
                "ancestor" => Axis::Ancestor,
                "ancestor-or-self" => Axis::AncestorOrSelf,
                "following-sibling" => Axis::FollowingSibling,
                "preceding-sibling" => Axis::PrecedingSibling,
                "following" => Axis::Following,
                "preceding" => Axis::Preceding,
                "self" => Axis::Itself,
                "attribute" => Axis::Attribute,
                _ => return Err(format!("there is no axis `{name}`")),
            }
        } else {
            Axis::Child
        };
        let test = if self.take("*") {
            Test::Any
        } else {
            let name = self.name().ok_or("a step has no name")?;
            if self.is(0, "(") && self.is(1, ")") {
                self.at += 2;
                match name.as_str() {
                    "text" => Test::Text,
                    "node" => Test::Node,
                    _ => return Err(format!("{name}() is no element")),
                }
            } else {
                Test::Name(name.to_ascii_lowercase())
            }
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, String> {
        let mut predicates = vec![];
        while self.take("[") {
            predicates.push(self.nested()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_xpath_is_an_error() {
        for text in [
            "",
            "//",
            "//div[",
            "//div[@class='x]",
            "//div]",
            "contains(",
            "//div[contains(@class,]",
            "#x",
            "foo::div",
            "//div[1",
            "(//p",
            "p q",
            "..x",
            "//comment()",
        ] {
            assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        assert!(parse(&format!("//a{}", "[b".repeat(10_000))).is_err());
    }

    #[test]
    fn reads_paths_and_operators() {
        let Ok(Expr::Path(path)) = parse("//div[@id = 'x' and 1 < 2]/..//text()") else { panic!() };
        let axes: Vec<Axis> = path.steps.iter().map(|step| step.axis).collect();
        use Axis::{Child, DescendantOrSelf, Parent};
        assert_eq!(axes, [DescendantOrSelf, Child, Parent, DescendantOrSelf, Child]);
        assert!(matches!(&path.steps[1].predicates[..], [Expr::Binary("and", _, _)]));
        // `or` is weaker than `and`, and names may hold hyphens.
        let Ok(Expr::Binary("or", _, right)) = parse("a or b and c-d") else { panic!() };
        assert!(matches!(*right, Expr::Binary("and", _, _)));
        assert!(parse("starts-with(., 'x')").is_ok() && parse("(//a | //b)[1]/@href").is_ok());
    }
}
