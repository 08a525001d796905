"""Hand-written files of an authority: BAJG, GJSHS, BASJ, ZXSJ, JCDM; and reports of ours that wait for them."""

from collections.abc import Iterable

from icpportal.gateways.miit.models import Report, ReportState

SITE = "京ICP备10000001号-1"
ISP = 100077


def data(inner: str) -> bytes:
    """A whole file."""
    return f'<?xml version="1.0" encoding="GBK"?>\n<DownloadData version="V.3.0">{inner}</DownloadData>'.encode("gbk")


def icp(inner: str) -> bytes:
    return data(f"<ICP>{inner}</ICP>")


def result(handle: object, *codes: str, operation: int | None = 3, words: str = "") -> str:
    """One Jg_xx."""
    rows = "".join(f"<Jgxx><Jgdm>{code}</Jgdm>{f'<Dmms>{words}</Dmms>' if words else ''}</Jgxx>" for code in codes)
    kind = f"<Czlx>{operation}</Czlx>" if operation is not None else ""
    return f"<Jg_xx>{rows}{kind}<Bs>{handle}</Bs></Jg_xx>"


def decision(handle: object, *, approved: bool, opinion: str = "", operation: int | None = 3) -> str:
    """One Gjsh."""
    opinion_element = f"<Shyj>{opinion}</Shyj>" if opinion else ""
    kind = f"<Czlx>{operation}</Czlx>" if operation is not None else ""
    shown = f"<Shsj>2026-11-25 09:30:00</Shsj>{opinion_element}<Shjg>{int(approved)}</Shjg>{kind}<Jlid>{handle}</Jlid>"
    return f"<Gjsh><Shrxm>审核员</Shrxm>{shown}</Gjsh>"


def bajg(*results: str, decisions: Iterable[str] = ()) -> bytes:
    """A file of results."""
    decided = "".join(decisions)
    return icp(f"<BAJG>{''.join(results)}{f'<GJSHS>{decided}</GJSHS>' if decided else ''}</BAJG>")


def basj(*, own_id: int | None, provider: int = ISP, access: int = 900001, name: str = "宁夏示例纸业有限公司") -> bytes:
    """A record with one site and one access."""
    ours = f"<IspJrid>{own_id}</IspJrid>" if own_id else ""
    jrxx = f"<Jr_xx>{ours}<Jrid>{access}</Jrid><Ispid>{provider}</Ispid><Wzfb><Fbdd>2</Fbdd></Wzfb></Jr_xx>"
    site = f"<Wzid>800001</Wzid><Wzmc>示例</Wzmc><Ym_xx><Ym>example.com</Ym></Ym_xx>{jrxx}<Baxh>{SITE}</Baxh>"
    subject = f"<Zt_xx><Ztid>700001</Ztid><Baxh>京ICP备10000001号</Baxh><Dwmc>{name}</Dwmc></Zt_xx>"
    return icp(f"<BASJ><Baxx>{subject}<Wz_xx>{site}</Wz_xx></Baxx></BASJ>")


def zxsj(level: int, identity: int) -> bytes:
    return icp(f"<ZXSJ><Zxxx><Zxlb>{level}</Zxlb><Jlid>{identity}</Jlid></Zxxx></ZXSJ>")


def waiting(key: str = "TR-1.1", *, kind: str = "access", **columns: object) -> Report:
    """A report of ours that was accepted and waits for its answer."""
    site = SITE if kind == "access" else ""
    usual = {"reference": key.rpartition(".")[0], "site_number": site, "state": ReportState.ACCEPTED}
    return Report.objects.create(key=key, kind=kind, payload="x", **{**usual, **columns})
