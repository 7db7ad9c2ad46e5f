//! Pages that trees are made of.

/// Pages of invented outlets, and one that is nothing but trouble.
pub(crate) const PAGES: [&str; 4] = [
    include_str!("harbour.html"),
    include_str!("nordsee.html"),
    include_str!("frames.html"),
    include_str!("soup.html"),
];
