"""The styles of mails by the names used in templates; fonts are unquoted, because they are in attributes."""

SANS = "-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Arial,PingFang SC,Microsoft YaHei,sans-serif"
SONG = "Georgia,Songti SC,Noto Serif CJK SC,Microsoft YaHei,serif"
MONO = "Menlo,Consolas,monospace"
PAPER, SHEET, SUNKEN, HAIR = "#f7f6f2", "#ffffff", "#edebe4", "#dedbd1"
INK, SOFT, TEAL, SEAL, AMBER = "#1b2a33", "#5a6871", "#0b5a5e", "#a8321f", "#bd7c14"
BREAKS = "word-break:break-word;"
QUOTED = f"font:400 15px/24px {SANS};color:{INK};{BREAKS}"

GROUNDS = {"paper": PAPER, "sheet": SHEET, "sunken": SUNKEN, "teal": TEAL, "seal": SEAL}
STYLES = {
    "body": f"margin:0;padding:0;background:{PAPER};",
    "preview": "display:none;max-height:0;overflow:hidden;opacity:0;mso-hide:all;",
    "page": f"background:{PAPER};",
    "around": "padding:24px 12px;",
    "column": "max-width:600px;",
    "head": "padding:0 4px 16px;",
    "mark": f"width:36px;background:{SEAL};border-radius:3px;color:#ffffff;font:700 22px/36px {SONG};",
    "brand": f"padding-left:10px;font:700 17px/22px {SONG};color:{INK};",
    "provider": f"font:400 12px/16px {SANS};color:{SOFT};",
    "sheet": f"background:{SHEET};border:1px solid {HAIR};border-top:3px double {INK};",
    "first": "padding:32px 40px 0;",
    "about": f"margin:0 0 4px;font:400 14px/22px {SANS};color:{SOFT};{BREAKS}",
    "heading": f"margin:0 0 12px;font:700 26px/34px {SONG};color:{INK};{BREAKS}",
    "intro": f"margin:0 0 20px;font:400 16px/26px {SANS};color:{INK};{BREAKS}",
    "block": "padding:16px 40px 0;",
    "words": f"margin:0;font:400 16px/26px {SANS};color:{INK};{BREAKS}",
    "number": f"width:32px;font:700 20px/26px {SONG};color:{INK};",
    "step": f"font:400 16px/26px {SANS};color:{INK};{BREAKS}",
    "label": f"margin:0;font:600 16px/26px {SANS};color:{INK};",
    "reason": f"margin:2px 0 0;font:400 15px/24px {SANS};color:{INK};{BREAKS}",
    "quote": f"margin:4px 0 0;padding-left:12px;border-left:3px solid {AMBER};{QUOTED}",
    "hint": f"margin:4px 0 0;font:400 14px/22px {SANS};color:{SOFT};",
    "code": f"background:{SUNKEN};padding:16px;font:700 30px/36px {MONO};letter-spacing:6px;color:{INK};",
    "last": "padding:28px 40px 32px;",
    "button": f"background:{TEAL};border-radius:4px;mso-padding-alt:14px 28px;",
    "act": f"display:inline-block;padding:14px 28px;font:600 16px/20px {SANS};color:#ffffff;text-decoration:none;",
    "open": f"margin:12px 0 0;font:400 13px/20px {SANS};color:{SOFT};word-break:break-all;",
    "link": f"color:{TEAL};",
    "foot": "padding:20px 4px 0;",
    "token": "white-space:nowrap;",
    "footer": f"margin:0 0 8px;font:400 13px/21px {SANS};color:{SOFT};",
}
# colours of whose turn it is: background, border and text
TONES = {
    "you": ("#fdf0d5", AMBER, "#7a4a00"),
    "we": ("#e5edf8", "#1f4f8f", "#1f4f8f"),
    "authority": ("#efeaf7", "#5b3f8c", "#5b3f8c"),
    "nobody": ("#eceeee", "#4a5860", "#4a5860"),
}

# styles for the head of a mail: dark mode, smaller spacing on phones
HEAD = """\
@media (prefers-color-scheme: dark) {
.m-bg { background: #11191d !important; }
.m-sheet { background: #18232a !important; border-color: #2d3b43 !important; border-top-color: #93a2aa !important; }
.m-ink { color: #e9eef0 !important; } .m-soft { color: #b7c3c9 !important; } .m-link { color: #6cc7c3 !important; }
.m-quote { border-color: #d9a548 !important; } .m-code { background: #0c1316 !important; color: #e9eef0 !important; }
.m-you { background: #3a2a0a !important; color: #f2c26b !important; }
.m-we { background: #16294a !important; color: #9cc3f5 !important; }
.m-authority { background: #2a2040 !important; color: #c9b5f2 !important; }
.m-nobody { background: #26323a !important; color: #b7c3c9 !important; }
.m-btn { background: #6cc7c3 !important; } .m-act { color: #0c1316 !important; }
}
@media (max-width: 620px) {
.m-pad { padding-left: 20px !important; padding-right: 20px !important; }
.m-full { width: 100% !important; } .m-act { display: block !important; text-align: center !important; }
}
"""


def of_turn(turn: str) -> tuple[str, str]:
    """Background and style of the line that says whose turn it is."""
    ground, rule, ink = TONES[turn]
    style = f"background:{ground};border-left:4px solid {rule};padding:12px 16px;font:400 15px/24px {SANS};color:{ink};"
    return ground, style
