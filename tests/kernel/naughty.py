"""Strings that break programs: markup, template tags, quotes, scripts of the world, marks, emoji, directions."""

_ODD = [
    "A & B <Co>", "Müller & Söhne <&>", "<w:t>x</w:t>", "</w:t></w:r></w:p>", "]]>", "<![CDATA[x]]>", "<!-- x -->", "<?php x ?>",
    "&amp;", "&lt;b&gt;", "&#65;", "&nbsp;", "&bogus;", "{{ 7*7 }}", "{{7*'7'}}", "{% for x in y %}", "{# x #}", "{_{ x }_}",
    "{_% x %_}", "{{", "}}", "{%", "%}", "{", "}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{r x}}", "{%tr x %}", "{% vm %}",
    "{{ ''.__class__.__mro__ }}", "%s%d%n", "{0}", "{x.__class__}", "$(id)", "`id`", "; rm -rf /", "| ls", "' OR '1'='1", '" OR ""="',
    "'; DROP TABLE students; --", "O'Brien", 'say "hi"', "back\\slash", "C:\\temp\\new", "/etc/passwd", "../../etc/passwd",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<style>*{display:none}</style>", "<link rel=attachment href=x>",
    "javascript:alert(1)", "</td></tr></table>", "</style>", "expression(alert(1))", "url(file:///etc/passwd)", "@import 'x'",
    "=1+1", "+1", "-1", "@SUM(A1)", "0x10", "1e400", "NaN", "Infinity", "null", "None", "undefined", "true", "0", "00012", "1,000.50",
    "1/2/2026", "2026-07-06", "nan%", "100%", "50 % done", "a\u00a0b", "a\u2009b", "tab\there", "ends with dot.", "...", "—–-", "…",
    "“quoted” ‘text’", "« guillemets »", "¿qué?", "¡hola!", "№ 5", "™ © ®", "½ ¾", "m² m³", "±0.05 mm", "Ø 40 h7", "°C", "µm", "Ω",
    "√2 ≈ 1.41", "∑∏∫", "≤ ≥ ≠", "→ ← ↑ ↓", "• bullet", "☐ ☑ ☒", "€ £ ¥ ₦ ₵", "TZS 5,000/=", "x" * 300, "word " * 40 + "end",
    "a.b@c.example", "http://portal.example/?a=1&b=2", "CON", "LPT1", "Robert'); --", "hello\\u0000", "\\x00", "%00", "%0d%0a",
    "INJ\\r\\nHeader: x", "__proto__", "constructor", "self", "loop", "week", "caller()", "range(10)", "lipsum()", "\\N{BULLET}",
    "fi fl ffi", "STRASSE straße", "İstanbul ıI", "ǅ ǆ", "Å Å", "é é", "ñ ñ", "ﬁ", "①②③", "Ⅷ", "ªº", "ß ẞ",
]  # fmt: skip
_SCRIPTS = {
    "latin": "Àéîõü ĄČĘŁŃ ŞĞİ Øæœ", "swahili": "Ng'ombe wa maskini hazai", "vietnamese": "Tiếng Việt phức tạp",
    "hausa": "Ɓarna da ƙwai", "yoruba": "Ẹ kú àárọ̀ ọ̀rẹ́", "greek": "Ελληνικά ἀρχή", "cyrillic": "Привет, мир Ђурђевдан",
    "armenian": "Բարեւ Ձեզ", "georgian": "გამარჯობა", "ethiopic": "ሰላም ለዓለም", "cherokee": "ᏣᎳᎩ",
}  # fmt: skip
_JOINED = {
    "arabic": "مرحبا بالعالم", "arabic marks": "مُحَمَّد", "persian": "سلام دنیا ۱۲۳", "urdu": "ہیلو دنیا", "hebrew": "שלום עולם",
    "mixed": "abc مرحبا 123", "thai": "สวัสดีชาวโลก", "hindi": "नमस्ते दुनिया", "bengali": "ওহে বিশ্ব", "tamil": "வணக்கம்",
    "khmer": "សួស្តី", "myanmar": "မင်္ဂလာပါ", "tibetan": "བོད་སྐད", "sinhala": "ආයුබෝවන්", "chinese": "你好，世界",
    "japanese": "こんにちは、世界。カタカナ", "korean": "안녕하세요 세계", "emoji": "😀 🚀 👩‍🔧 🇹🇿 👍🏾", "zalgo": "Ž̷̢̛à̶l̸̀g̵̔ȯ̶",
    "zero width": "zero\u200bwidth\u200djoin", "marks": "\u202eabc\u202c", "isolates": "\u2068abc\u2069", "bom": "a\ufeffb",
    "private": "\ue000", "astral": "𝒜𝓈𝒽𝒶 𠀀", "soft hyphen": "co\u00adop", "separator": "a\u2028b",
}  # fmt: skip


def _around(words: list[str]) -> list[str]:
    """Return each sign that has a meaning in some language at the start, in the middle and at the end of a word."""
    signs = "<>&\"'`{}[]()%$#@!*=+\\/|;:,?^~_"
    return [text for sign in signs for word in words for text in (f"{sign}{word}", f"{word}{sign}x", f"{word}{sign}")]


def naughty_strings() -> list[str]:
    """Return strings that stand in a document letter by letter, in the order in which they are read."""
    return [*dict.fromkeys([*_ODD, *_SCRIPTS.values(), *_around(["Asha"])])]


def joined_strings() -> list[str]:
    """Return strings whose letters join, combine, turn around or are invisible."""
    return list(_JOINED.values())
