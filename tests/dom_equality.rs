//! Our trees are html5ever's: of cases for each state and mode of the specification, of invented pages, whole and cut
//! short, and of the development pages. Of what is put together by chance: `dom_soup.rs`.

mod dom_pages;
mod dom_support;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use dom_pages::PAGES;
use dom_support::difference;
use flate2::read::MultiGzDecoder;
use serde_json::Value;

/// Sources by the states of the tokenizer they lead through.
const TOKENIZER: &[&str] = &[
    // Data, tag open, end tag open.
    "",
    "tide",
    "a < b <",
    "a </",
    "a </>b</ c>d</3>e",
    "<pre></>\nx",
    "<?xml version='1.0'?>x<?",
    "a<0>b<!",
    // Tag name.
    "<DIV><dIv></DIV>x</div>",
    "<div\tid=a\n>x</div\x0C>y</div /x=y>z",
    "<di\0v>x</di\0v>y",
    "<p",
    "<p ",
    "</p",
    "</p a",
    "<über>x</über><a\u{130}b>",
    // Attribute names and values.
    "<p a>1<p a=b>2<p a = b>3<p a='b'>4<p a=\"b\">5<p a=>6<p a= >7<p a=''>8",
    "<p a=1 a=2 A=3 b=4 B>x",
    "<p =a =b=c ==>x<p a==b>y<p a'b=c \"d<e>z",
    "<p a=b/>1<p a=b />2<p a/b/ c / d/>3<p/a>4<br/ >5",
    "<p a=\"x>y\" b='x>y' c=x\"y'z<w=`>x",
    "<p a='1'b=\"2\"c=3/d>x",
    "<p a\0b=c\0d e='f\0' g=\"\0\">x",
    "<p \0=1 \0\0>x",
    "<p a='",
    "<p a='b",
    "<p a='b'",
    "<p a=b",
    "<p a=",
    "<p a =",
    "<p /",
    "<p \x0Ca\x0C=\x0Cb\x0Cc>x",
    "<p class='a\nb\tc' id='\r\nx\ry'>x",
    // Character references.
    "&amp;&amp &ampx &amp=x &am; &; & &a &#38;&#38 &#x26;&#X26 &#; &#x; &#xg; &#a",
    "<p a='&amp;&amp &ampx &amp=x &ampé' b=&amp;x c=&lt&gt>x",
    "<p a='?b=1&copy=2&copy;=3&notit;&notin;&not' b='&' c='&#' d='&#38'>x",
    "&notit; &notin; &noti &NotEqualTilde; &CounterClockwiseContourIntegral; &Gt &gt",
    "&#0; &#128; &#x9f; &#xd800; &#xfffe; &#x10ffff; &#x110000; &#99999999999; &#13; &#10;",
    "<pre>&#10;x</pre><pre>&#10x</pre><pre>&NewLine;x</pre><pre>\n\nx</pre><pre>\r\nx",
    "&thickapprox;&ThickSpace;&fjlig;&nvlt;&bne;",
    "&am",
    "&amp",
    "&#",
    "&#x",
    "&#3",
    "&\0;&a\0mp;",
    // RCDATA and RAWTEXT.
    "<title>a &amp; <b> </titl></title >x",
    "<title>a</TITLE>b<title></title/>c<title>&lt",
    "<textarea>\na\n</textarea><textarea>&#10;b</textarea><textarea>\0</textarea>",
    "<title>a\0b</title></title",
    "<title></",
    "<title><",
    "<style>a &amp; <b> </styl></style\n>x</style>",
    "<style><!--</style>--></style>\0<style>\0",
    "<xmp>a</xm></xmpx></xmp>b<noembed>&amp;</noembed><iframe><p></iframe><noframes><p></noframes>",
    // Script data, escaped and double escaped.
    "<script>a &amp; <b> </scrip></script>x",
    "<script><!--</script>x",
    "<script><!--<script></script>--></script>x",
    "<script><!--<script></script></script>x",
    "<script><!--<script>--></script>x",
    "<script><!--<scriptx></script>--></script>x",
    "<script><!-- - -- <scrip <script/ </script/ </script>x",
    "<script><!--><script></script>x",
    "<script><!---><script></script>x",
    "<script><!-<script></script>x",
    "<script><!--<script >-<-->-</script>--></script>x",
    "<script><!--\0-\0--\0<script>\0-\0--\0</script>\0</script>x",
    "<script><!--<script",
    "<script><!--<script></scr",
    "<script><!-",
    "<script></script",
    "<script type=application/ld+json>{\"a\": \"<b>\0\"}<!--<script></script>--></script>x",
    "<script type=' APPLICATION/LD+JSON '>{}</script><script type=application/json>{}</script>",
    "<plaintext>a</plaintext>&amp;\0<p>",
    // Comments, bogus and not.
    "a<!---->b<!-->c<!--->d<!-- -->e<!-- --!>f<!----!>g<!---!>h-->i",
    "a<!-- <!-- -->b<!--<!-->c<!--<!->d-->e<!--<!--!>f<!-- -- -->g<!-- --- -->h<!----->i",
    "a<!--a--!b-->c<!--a--!-->d<!--\0-\0--\0--!\0-->e",
    "a<!b>c<!->d<!-x-->e<?f>g</ h>i<!>j<!DOCTYP>k<![CDATA[x]]>l",
    "a<!--",
    "a<!--b--",
    "a<!--b--!",
    "a<!-",
    "a<!--->",
    "x<!-- -- >y<!-- - ->z",
    // DOCTYPE: a table in a paragraph shows the mode.
    "<!doctype html><p><table>",
    "<!DOCTYPEhtml><p><table>",
    "<!doctype><p><table>",
    "<!doctype ><p><table>",
    "<!doctype  HTML  ><p><table>",
    "<!doctype html public><p><table>",
    "<!doctype html public '-//W3C//DTD HTML 4.01 Transitional//EN'><p><table>",
    "<!doctype html public \"-//W3C//DTD HTML 4.01 Transitional//EN\" 'http://www.w3.org/TR/html4/loose.dtd'><p><table>",
    "<!doctype html PUBLIC\"-//W3C//DTD XHTML 1.0 Strict//EN\"\"x\"x><p><table>",
    "<!doctype html system 'http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd'><p><table>",
    "<!doctype html system 'about:legacy-compat' x><p><table>",
    "<!doctype html system 'x'x",
    "<!doctype html system 'a>b'><p><table>",
    "<!doctype html public 'a>b'><p><table>",
    "<!doctype html x><p><table>",
    "<!doctype ht\0ml><p><table>",
    "<!doctype html public '\0'><p><table>",
    "<p><table>",
    "<!doctype html",
    "<!doctype",
    "x<!doctype html><p><table>",
    // CDATA sections.
    "<svg><![CDATA[a<b>&amp;\0]]>x</svg>",
    "<math><mtext><![CDATA[a]]><b><![CDATA[b]]></b></mtext><![CDATA[]]]]]></math>",
    "<math><![CDATA[a]]",
    "<math><![CDATA[a]>b]]c]]]>d<![cdata[e]]>f",
    "<svg><foreignObject><![CDATA[\0a]]></svg>",
    // Newlines, NUL, byte order marks.
    "a\r\nb\rc\n\rd",
    "\u{FEFF}<p>a\u{FEFF}</p>\u{FEFF}",
    "<script></script>\u{FEFF}x",
    "\0a\0<p>\0b<table>\0c<tr>\0d</table><svg>\0e</svg><select>\0f",
    "<\0p>x</\0p>",
];

/// Sources by the insertion modes of the tree builder they lead through.
const TREE: &[&str] = &[
    // Before and in the head, with noscript.
    " \n<!-- a --> <html a=1> <!-- b --> <head> <!-- c --> </head> <!-- d --> <body>",
    "<html a=1><html a=2 b=3><body c=4><body c=5 d=6><html e=7>",
    "<head><meta><p>x<head y=1><title>t",
    "<head></head><meta><title>t</title>x<style>s",
    "<head><noscript><link><meta><style>a</style><!-- --> <noframes>b</noframes></noscript><title>t",
    "<head><noscript><p>a</p></noscript>b",
    "<head><noscript>a</noscript>b",
    "<head><noscript><noscript></noscript></head>",
    "<body><noscript><p>a<b>b</noscript>c",
    "<p><noscript><img></noscript><table><noscript>x</noscript>",
    "<script>a</script><p>b",
    "</head></body></html></br></p>x",
    "<base><basefont><bgsound><link>x</link>",
    // In the body: paragraphs, headings, lists, forms, buttons.
    "<p>a<div>b<p>c</div>d<p>e<h1>f<h2>g</h1>h",
    "<ul><li>a<li>b<ul><li>c</ul>d<li><div><li>e</div></ul></li>",
    "<dl><dt>a<dd>b<dt>c<dl><dd>d</dl><dd>e",
    "<li><p><noscript><li>a</div></li>b",
    "<dd><p><noscript><dt>a<table></table></dt>b",
    "<body><center><font color=a><center><font color=a><font color=a></center><font color=a></center>",
    "<p><font><frameset><frame></frameset></html> a <b>b",
    "<head><style>a</style><link> <meta> a<script>b</script><iframe><p></iframe>c",
    "<form a><form b><div></form><p>c</form><input form=x>",
    "<button>a<button>b</button>c<p><button></p>d</button>",
    "<p>a</p></p><address>b<p>c</address>d</section>",
    "<pre>\n\na</pre><listing>\nb<p>",
    "<hr><br/></br><image a=b><img/><input type=HIDDEN><keygen><wbr></wbr>",
    "<a>b<p>c</a>d<a e>f<a g>h",
    "<a><div><div><div><div><div><div><div><div><div><div><a>x",
    "<object><a></object>b<applet><p></applet></p><marquee>c",
    "<details><summary>a<p>b</summary>c<menu><dir><center><search><hgroup><dialog>",
    // Formatting elements: the adoption agency, Noah's Ark.
    "<b>a<p>b</b>c</p>d",
    "<b><i><u>a</b>b</i>c</u>d",
    "<b>1<i>2<p>3<u>4</b>5</i>6</u>7",
    "<p><b class=a><b class=a><b class=a><b class=a><b class=a>x<p>y",
    "<p><b class=a id=b><b id=b class='a'><b CLASS=a id=b><b class=&#97; id=b>x<p>y",
    "<p><b class=a><b class=b><b class=a><b class=a><b class=a class=c>x<p>y",
    "<p><font size=1><font size=1 color=x><font size=1><font size=1><font size=1>x<p>y",
    "<p><nobr>a<nobr>b<p>c</nobr>d",
    "<b><em><strong><small><s><strike><tt><code><big><i><u>a</b><p>b</em></i>c",
    "<b><div><b><div><b><div><b><div>x</b></b></b></b>y",
    "<a href=1><p><a href=2><p><a href=3></a>x</a></a>",
    "<i><table><tr><td></i>a<i>b</table>c",
    "<b>a<table>b<i>c<tr>d</b>e<td></i>f</table>g",
    "<cite><b><cite><i><cite><i><cite><i><div>x</b>y",
    // Tables.
    "<table>a<b>c<tr>d<td>e</b>f</table>g",
    "<table><tr><td>a<td>b<tr><th>c</table><table><td>d",
    "<table><caption>a<p>b<caption>c<tr>d</table>",
    "<table><col><colgroup><col>x<col></colgroup><tbody><tr></tbody><tfoot>y",
    "<table><table><tr><table>",
    "<table><tr><td><table><tr><td>a</table>b<tr></table>c",
    "<table><input type=hidden><input><form><p></form><select><option>x<tr>",
    "<table> <tr> <td> </td> </tr> </table> <table> x </table>",
    "<table>a\0b<tr>\0<td>\0",
    "<table><style>a</style><script>b</script><template>c</template>d",
    "<table></table></tr></td><td>x<tr>y<tbody>",
    "<table><tr><td></table></td></th></tr></caption></body></html>x",
    "<table><thead><tr><th><tfoot></th></tr>a<tbody></thead>",
    "<p><table><p>a<tr><p>b<td><p>c</table>d",
    "<table><a>1<p>2</a>3</p>",
    "<table><svg><tr><td>x</svg><math><mi>y",
    "<table><!-- a --><tr><!-- b --><td><!-- c --></table>",
    // Select.
    "<select><option>a<option>b<optgroup><option>c<optgroup>d<hr>e</select>f",
    "<select><p>a<b>c<select>d<input>e",
    "<select><table><tr><td>x</select>y</table>",
    "<select><script>a</script><template>b</template><textarea>c</textarea></option></optgroup>",
    "<option>a<option>b<optgroup>c<option>d</optgroup>",
    "<select><button><selectedcontent></selectedcontent></button><option>a</option></select>",
    // Templates.
    "<template>a<p>b</template>c",
    "<head><template><tr><td>x</template></head>",
    "<table><template><tr></template><tr><template><td>",
    "<template><col><p></template><template><caption>a",
    "<template><template></template></template></template>x",
    "<body><template><body a=b><html c=d></template><p>y",
    "<template shadowrootmode=open class=a><p>x</template>y",
    "<p><template shadowrootmode=closed>x",
    // Frames.
    "<frameset><frame><frameset><frame></frameset><noframes>a</noframes>b</frameset>c</html>d<noframes>e",
    "<p><frameset>",
    " <b></b><frameset>",
    "<br><frameset><frame>",
    "<input type=hidden><frameset>",
    "<svg></svg><frameset>",
    "<head></head><frameset a=b></frameset><html c=d>",
    "<frame><frameset>x</frameset></frameset>",
    // After the body.
    "<body>a</body> b<!-- c --></html> d<!-- e --><p>f</html></body>",
    "</html><!-- a --> <frameset>",
    // Foreign content.
    "<svg><g><path d=a /></g><rect/></svg><p>x",
    "<svg><desc><p>a</desc><title><b>b</title><foreignObject><div>c</svg>d",
    "<svg><p>a<svg><b>c</svg>",
    "<svg><font>a<font color=b>c",
    "<svg><font size=''>a</font></svg><svg></p>b",
    "<svg viewbox='0 0 1 1' xlink:href=a xml:lang=b xmlns=c xmlns:xlink=d preserveaspectratio=e>x",
    "<SVG><linearGradient/><LINEARGRADIENT/><foreignobject><p>x",
    "<svg><script>a<b>c</script>d</svg>e<svg/>f",
    "<p><b><svg>a</b>c</svg>d",
    "<svg><a><b></a>x</svg><svg><image>y",
    "<svg><title>a</title><style>b<i>c</style></svg>",
    "<math><mi>a<b>c</mi><mo><p>d</mo><mglyph/><malignmark/></math>e",
    "<math><mi><mglyph/><malignmark><p>x",
    "<math><annotation-xml><p>a</math><math><annotation-xml encoding=text/html><p>b</p></math>c",
    "<math><annotation-xml encoding='Application/XHTML+xml'><svg><b>a",
    "<math><annotation-xml encoding=x><svg><b>a</annotation-xml></math>b",
    "<math definitionurl=a xlink:href=b><semantics><mtable><tr><td>x",
    "<math></p><mtext></p>a</math><svg></br>b",
    "<math><mi/>a<mspace/>b</MATH>c",
    "<svg></svg/><math/><svg/><svg><svg></svg>x</svg>",
    "<ruby>a<rb>b<rp>(<rt>c<rtc>d<rt>e<rp>f</ruby>",
    // Comments between texts; text that is dropped.
    "a<!-- b -->c<svg>d</svg>e<template>f</template>g<!---->",
    "<style>a</style><p><style>b</style>c<noembed>d</noembed>e",
];

#[test]
fn every_state_of_the_tokenizer() {
    same(TOKENIZER);
}

#[test]
fn every_mode_of_the_tree_builder() {
    same(TREE);
}

#[test]
fn invented_pages() {
    same(&PAGES);
}

/// Pages that end where they should not.
#[test]
fn pages_cut_short() {
    for page in PAGES {
        for end in (0..page.len()).filter(|&end| page.is_char_boundary(end)) {
            if let Some(difference) = difference(&page[..end]) {
                panic!("cut after {:?}: {difference}", &page[end.saturating_sub(30)..end]);
            }
        }
    }
}

fn same(sources: &[&str]) {
    for source in sources {
        if let Some(difference) = difference(source) {
            panic!("{source:?}: {difference}");
        }
    }
}

/// Every page of the development sets, where they are.
#[test]
fn development_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: there is no {}", folder.display());
        return;
    };
    let (mut pages, mut different) = (0, vec![]);
    for file in files {
        let path = file.expect("the folder can be listed").path();
        if !path.to_string_lossy().ends_with(".jsonl.gz") {
            continue;
        }
        let lines = BufReader::new(MultiGzDecoder::new(File::open(&path).expect("the set can be opened")));
        for (number, line) in lines.lines().enumerate() {
            let record: Value =
                serde_json::from_str(&line.expect("the set is UTF-8")).expect("the set is JSON");
            let Some(html) = record["html"].as_str() else { continue };
            pages += 1;
            if let Some(difference) = difference(html) {
                different.push(format!("{}:{}: {difference}", path.display(), number + 1));
            }
        }
    }
    assert!(different.is_empty(), "{} of {pages} pages differ:\n{}", different.len(), different.join("\n"));
    println!("{pages} pages are the same");
}
