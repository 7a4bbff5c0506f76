"""Names that a person, a script or somebody with bad intent may give a file (SECURITY R27)."""

import itertools

from mdt_desktop.domain.file_names import NameFault

_DEVICES = (
    "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$",
    *(f"{port}{number}" for port in ("COM", "LPT") for number in (*range(10), "¹", "²", "³")),
)  # fmt: skip
RESERVED = [
    made
    for device in _DEVICES
    for made in (device, f"{device.lower()}.pdf", f"{device.title()}.tar.gz", f"{device} .csv")
]
_DIRECTION = (0x061C, *range(0x200E, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_INVISIBLE = (0x00AD, 0x200B, *range(0x2060, 0x2065), 0xFEFF, 0xFFF9, 0xE0001, 0xE0041, 0xE007F)

REFUSED: dict[NameFault, list[str]] = {
    NameFault.EMPTY: ["", " ", "\u3000", "\t", "\u00a0 "],
    NameFault.NOT_A_NAME: [".", ".."],
    NameFault.SEPARATOR: [
        "../plan.pdf", "..\\plan.pdf", "a/b.pdf", "a\\b.pdf", "/etc/passwd", "C:\\plan.pdf",
        "\\\\server\\share\\plan.pdf",
        "//server/share/plan.pdf", "\\\\?\\C:\\plan.pdf", "\\\\.\\pipe\\plan", "....//plan.pdf", "plan.pdf/",
        "./plan.pdf",
    ],
    NameFault.CONTROL: [
        *(f"plan{chr(code)}.pdf" for code in (*range(1, 32), *range(0x7F, 0xA0))), "plan.pdf\0.exe", "plan\u2028.pdf",
        "plan\u2029.pdf",
    ],
    NameFault.UNREADABLE: ["plan\ud800.pdf", "\udcff.pdf", "a\udfff", "\udc80plan.csv"],
    NameFault.INVISIBLE_SIGN: [f"plan{chr(code)}fdp.exe" for code in (*_DIRECTION, *_INVISIBLE)],
    NameFault.FORBIDDEN_SIGN: [
        *(f"plan{sign}v3.pdf" for sign in '<>:"|?*'), "C:plan.pdf", "plan.pdf:hidden", "plan*.pdf",
    ],
    NameFault.RESERVED: RESERVED,
    NameFault.BEGINNING: [" plan.pdf", "\u00a0plan.pdf", "\u2003plan.pdf"],
    NameFault.END: ["plan.pdf ", "plan.pdf.", "plan.pdf. .", "plan.", "...", "plan.pdf\u00a0", ". ."],
    NameFault.TOO_LONG: ["x" * 256, "x" * 252 + ".pdf", "ŵ" * 128, "বাংলা" * 20, "😀" * 64, "x" * 5_000],
}  # fmt: skip
"""By the reason they are refused."""

TAKEN = [
    "care-plan-v3-2026-11-23.pdf", "Cynllun gofal Siân Llŷr o Dŷ Ŵyn.pdf", "যত্ন পরিকল্পনা.pdf", "র\u200d্য.pdf",
    "خطة.pdf",
    "план.csv", "计划.xlsx", "plan 😀.pdf", "plan (2).pdf", "plan, final.pdf", "plan & notes.pdf", "plan's.pdf",
    "-plan.pdf",
    "--out.pdf", "$(reboot).pdf", "`id`.pdf", "plan;rm -rf.pdf", "%2e%2e%2fplan.pdf", "%TEMP%.pdf", "~plan.pdf",
    "#plan#.pdf",
    ".hidden.pdf", "..plan.pdf", "plan..pdf", "a", "COM10.pdf", "LPT.pdf", "console.pdf", "NULL.csv", "auxiliary.pdf",
    "plan.con", "x" * 255, "x" * 251 + ".pdf", "ŵ" * 127, "plan=1+1.csv", "@plan.csv", "plan\u3000v3.pdf", "{name}.pdf",
    "[plan].pdf", "plan^.pdf", "plan!.pdf", "plan+.pdf",
]  # fmt: skip
"""Names that every system takes, however odd."""

ALL = [*itertools.chain.from_iterable(REFUSED.values()), *TAKEN]
