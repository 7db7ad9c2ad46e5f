//! Which site a page belongs to: hosts as rule files claim them, and the index that finds them.

use std::collections::HashMap;

/// A host of a URL in the form that claims are compared with: lower case, punycode, no trailing dot.
pub(super) fn of_url(url: &str) -> Option<(String, String)> {
    let parsed = match url::Url::parse(url) {
        Ok(parsed) if parsed.has_host() => parsed,
        _ if !url.contains("://") => url::Url::parse(&format!("http://{url}")).ok()?,
        _ => return None,
    };
    let host = parsed.host_str()?.trim_end_matches('.').to_ascii_lowercase();
    Some((host, parsed.path().to_owned()))
}

/// The host of an address as a rule file claims it, and an id for the file: the label under the public suffix.
///
/// ```
/// use copydesk::rules::site_of;
/// let site = site_of("https://www.elsterwick-post.example/town/17");
/// assert_eq!(site, Some(("elsterwick-post.example".to_owned(), "elsterwick-post".to_owned())));
/// ```
#[must_use]
pub fn site_of(url: &str) -> Option<(String, String)> {
    let (host, _) = of_url(url)?;
    let claim = Claim::parse(&host, false).ok()?;
    let domain = psl::domain_str(&claim.name)?;
    let id = domain.split('.').next()?.to_owned();
    Some((claim.name, id))
}

/// How a claim matches hosts. The order is the rank, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Form {
    /// `a.*`: the label under any public suffix.
    AnySuffix,
    /// `*.a.com`: every depth below.
    Below,
    /// `a.com` and `www.a.com`.
    Exact,
}

/// A host, or several, that a rule file claims.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Claim {
    pub(super) form: Form,
    /// The host, the host below which, or the label.
    pub(super) name: String,
    /// Start of the path, with its `/`; empty for every page.
    pub(super) path: String,
}

/// Why a text is no claim.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadClaim {
    /// It is no host; with a hint.
    NotAHost(&'static str),
    /// A wildcard over this public suffix.
    PublicSuffix(String),
    /// A wildcard over this private suffix (a hosting platform).
    Platform(String),
}

impl Claim {
    /// Reads an entry of `hosts`; `platform` allows a wildcard over a platform's suffix.
    pub(super) fn parse(text: &str, platform: bool) -> Result<Self, BadClaim> {
        let bad = |hint| Err(BadClaim::NotAHost(hint));
        let text = text.trim();
        if text.contains("://") {
            return bad("write the host without http://");
        }
        let (host, path) = match text.find('/') {
            Some(slash) => (&text[..slash], &text[slash..]),
            None => (text, ""),
        };
        let path = if path == "/" { "" } else { path };
        let (form, name) = if let Some(label) = host.strip_suffix(".*") {
            (Form::AnySuffix, label)
        } else if let Some(base) = host.strip_prefix("*.") {
            (Form::Below, base)
        } else {
            (Form::Exact, host)
        };
        let name = name.strip_prefix("www.").filter(|_| form != Form::Below).unwrap_or(name);
        if name.contains('*') {
            return bad("a wildcard stands at the start (*.a.com) or at the end (a.*), not both");
        }
        if name.is_empty() || name.contains([':', '@', '?', '#', ' ']) {
            return bad("such as a.com, *.a.com, a.* or a.com/live/");
        }
        let Ok(url::Host::Domain(name)) = url::Host::parse(name) else {
            return bad("such as a.com, *.a.com, a.* or a.com/live/");
        };
        let name = name.trim_end_matches('.').to_owned();
        if name.is_empty() || name.split('.').any(str::is_empty) {
            return bad("there is an empty part between two dots");
        }
        if form == Form::AnySuffix && name.contains('.') {
            return bad("before .* stands one label, such as a.*");
        }
        if form == Form::Below {
            let suffix = psl::suffix(name.as_bytes()).filter(|suffix| suffix.as_bytes().len() == name.len());
            match suffix.map(|suffix| suffix.typ()) {
                Some(Some(psl::Type::Private)) if !platform => return Err(BadClaim::Platform(name)),
                Some(Some(psl::Type::Private)) | None => {}
                Some(Some(psl::Type::Icann) | None) => return Err(BadClaim::PublicSuffix(name)),
            }
        }
        Ok(Self { form, name, path: path.to_owned() })
    }

    fn key(&self) -> String {
        match self.form {
            Form::Exact => self.name.clone(),
            Form::Below => format!("*.{}", self.name),
            Form::AnySuffix => format!("{}.*", self.name),
        }
    }

    fn covers(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some(rest) => {
                self.path.is_empty() || self.path.ends_with('/') || rest.is_empty() || rest.starts_with('/')
            }
            None => false,
        }
    }

    /// What makes one claim stronger than another: a path, then the form, then how much is named.
    pub(super) fn rank(&self) -> (usize, Form, usize) {
        (self.path.len(), self.form, self.name.len())
    }

    /// Why this claim is stronger than another one.
    pub(super) fn beats(&self, weaker: &Self) -> &'static str {
        if self.path.len() > weaker.path.len() {
            "a longer path wins"
        } else if self.form > weaker.form {
            match weaker.form {
                Form::AnySuffix => "a host wins over any suffix (a.*)",
                _ => "a host wins over a wildcard",
            }
        } else {
            "a longer wildcard wins"
        }
    }
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.key(), self.path)
    }
}

/// An entry of the index: a claim and the file (by its number) that makes it.
#[derive(Debug, Clone)]
pub(super) struct Claimed {
    pub(super) claim: Claim,
    pub(super) file: usize,
}

/// Claims by host. A lookup takes a few probes, however many files there are.
#[derive(Debug, Default)]
pub(super) struct HostIndex {
    claims: HashMap<String, Vec<Claimed>>,
}

/// Labels of a host that are walked up at most; a name has no more than 127, a site's few.
const MAX_LABELS: usize = 12;

impl HostIndex {
    pub(super) fn insert(&mut self, claim: Claim, file: usize) {
        self.claims.entry(claim.key()).or_default().push(Claimed { claim, file });
    }

    /// The claims that are made more than once, each with its files.
    pub(super) fn claimed_by_several(&self) -> impl Iterator<Item = (&Claim, Vec<usize>)> {
        self.claims.values().flat_map(|claims| {
            claims.iter().enumerate().filter_map(|(index, first)| {
                let same = |other: &&Claimed| other.claim == first.claim;
                if claims[..index].iter().any(|other| same(&other)) {
                    return None;
                }
                let files: Vec<usize> = claims.iter().filter(same).map(|claimed| claimed.file).collect();
                (files.len() > 1).then_some((&first.claim, files))
            })
        })
    }

    /// All claims on a page.
    pub(super) fn find(&self, host: &str, path: &str) -> Vec<&Claimed> {
        let mut found = vec![];
        let mut probe = |key: &str| {
            let claims = self.claims.get(key).into_iter().flatten();
            found.extend(claims.filter(|claimed| claimed.claim.covers(path)));
        };
        let bare = host.strip_prefix("www.").unwrap_or(host);
        probe(bare);
        let mut rest = host;
        for _ in 0..MAX_LABELS {
            let Some((_, above)) = rest.split_once('.') else { break };
            probe(&format!("*.{above}"));
            rest = above;
        }
        if let Some((label, suffix)) = bare.split_once('.')
            && psl::suffix(bare.as_bytes()).is_some_and(|found| found.as_bytes() == suffix.as_bytes())
        {
            probe(&format!("{label}.*"));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_claims() {
        let shown = |text: &str| Claim::parse(text, false).map(|claim| claim.to_string());
        for (text, expected) in [
            ("a.com", "a.com"),
            ("www.A.com", "a.com"),
            ("*.a.com", "*.a.com"),
            ("*.www.a.com", "*.www.a.com"),
            ("a.*", "a.*"),
            ("a.com/live/", "a.com/live/"),
            ("a.com/", "a.com"),
            ("küste.example", "xn--kste-0ra.example"),
            ("bbc.co.uk", "bbc.co.uk"),
            ("*.blog.wordpress.com", "*.blog.wordpress.com"),
        ] {
            assert_eq!(shown(text), Ok(expected.to_owned()), "{text}");
        }
        for text in
            ["http://a.com", "", "*", "*.*", "a.*.com", "a b.com", "a.com:80", "10.0.0.1", "a..com", "a.b.*"]
        {
            assert!(matches!(shown(text), Err(BadClaim::NotAHost(_))), "{text}: {:?}", shown(text));
        }
        for text in ["*.com", "*.co.uk", "*.example"] {
            assert!(matches!(shown(text), Err(BadClaim::PublicSuffix(_))), "{text}");
        }
        assert_eq!(shown("*.blogspot.com"), Err(BadClaim::Platform("blogspot.com".into())));
        assert!(Claim::parse("*.blogspot.com", true).is_ok());
        assert!(Claim::parse("blogspot.com", false).is_ok());
    }

    #[test]
    fn finds_the_strongest_claim() {
        let mut index = HostIndex::default();
        let claims = [
            "a.com",
            "*.a.com",
            "*.b.a.com",
            "a.com/live/",
            "n.*",
            "n.co.uk",
            "*.a.com/live",
            "x.de",
            "*.blogspot.com",
        ];
        for (file, claim) in claims.iter().enumerate() {
            index.insert(Claim::parse(claim, true).unwrap(), file);
        }
        let best = |url: &str| {
            let (host, path) = of_url(url).unwrap();
            let found = index.find(&host, &path);
            found.into_iter().max_by_key(|claimed| claimed.claim.rank()).map(|claimed| claims[claimed.file])
        };
        for (url, expected) in [
            ("https://a.com/", Some("a.com")),
            ("https://WWW.a.com./x", Some("a.com")),
            ("http://a.com:8080/x", Some("a.com")),
            ("https://m.a.com/x", Some("*.a.com")),
            ("https://c.b.a.com/", Some("*.b.a.com")),
            ("https://b.a.com/", Some("*.a.com")),
            ("https://a.com/live/17", Some("a.com/live/")),
            ("https://a.com/lively", Some("a.com")),
            ("https://c.b.a.com/live", Some("*.a.com/live")),
            ("https://c.b.a.com/lively", Some("*.b.a.com")),
            ("https://n.fr/", Some("n.*")),
            ("https://www.n.com.br/", Some("n.*")),
            ("https://n.co.uk/", Some("n.co.uk")),
            ("https://m.n.fr/", None),
            ("https://x.de.evil.com/", None),
            ("https://m.x.de/", None),
            ("https://some.blogspot.com/", Some("*.blogspot.com")),
            ("a.com/x", Some("a.com")),
            ("https://nowhere.org/", None),
        ] {
            assert_eq!(best(url), expected, "{url}");
        }
    }
}
