"""The elements that V3.0 has in the blocks we read; any others are reported to staff."""

from lxml import etree

from icpportal.gateways.miit.documents.xml_reader import local


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


CONTACT = _names("Fzr_xm Fzr_dhhm Fzr_sjhm sjhm Fzr_dzyj Msn Qq Fzr_zjlx Fzr_zjhm")
KNOWN = {
    "BAJG": _names("Jg_xx GJSHS Gjsh"),
    "Jg_xx": _names("Jgxx Czlx Bs Bz"),
    "Jgxx": _names("Jgdm Dmms"),
    "GJSHS": _names("Gjsh"),
    "Gjsh": _names("Shrxm Shr_dhhm Shsj Shyj Shjg Czlx Jlid"),
    "ZXSJ": _names("Zxxx"),
    "Zxxx": _names("Zxlb Jlid Bz"),
    "BASJ": _names("Baxx"),
    "Baxx": _names("Zt_xx Wz_xx Bz"),
    "Zt_xx": _names(
        "IspZtid Ztid Dwmc Dwxz Txdz Zj Fzr Baxh Bbyhlx Bbfs Tzr Scbbsj Zjxgsj Zsyxq Zslj Zsxh Shrxm Shsj Bz"
    ),
    "Txdz": _names("Shengid Shiid Xianid Xxdz"),
    "Zj": _names("Zjlx Zjhm Zjzs"),
    "Fzr": CONTACT,
    "Wz_Fzr": CONTACT,
    "Wz_xx": _names("IspWzid Wzid Wzmc Nrlx Fwnr Yylb Ym_xx Jr_xx Wz_Fzr Syurl Wz_Bz Scbbsj Zjxgsj Baxh Bz"),
    "Fwnr": _names("Fwnr_id"),
    "Yylb": _names("Yylb_id"),
    "Ym_xx": _names("IspYmid Ymid Ym"),
    "Jr_xx": _names("IspJrid Jrid Ispid Wzfb Wzjrfs Ip_xx Bbfs"),
    "Wzfb": _names("Fbdd"),
    "Wzjrfs": _names("Jrfs"),
    "Ip_xx": _names("IspIpid Ipid Qsip Zzip"),
    "Bbdwlb": _names("Bbdw"),
    "Bbdw": _names("Id Dwmc Dwfl Dwhyfl Jyxkzbh Shengid Shiid Xianid Xxdz Sfyx Bz"),
    "table": _names("Id Mc Nr Ztmc Fl1 Fl2 Lx Ysid Dwflid Bm Shengid Shengjc Dzyj Sjhm Sfqzsp Ssdxlx Sfyx Bz"),
}
NAME_LENGTH = 40


def strangers(element: etree._Element, block: str) -> list[str]:
    """Remarks naming the children of `block` that are unknown."""
    names = dict.fromkeys(local(child) for child in element)
    return [f"unknown {block}/{name[:NAME_LENGTH]}" for name in names if name not in KNOWN[block]]
