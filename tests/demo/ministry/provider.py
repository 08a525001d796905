"""A provider written only for these tests: raw SOAP over requests, its own XML, nothing of the portal's client."""

import base64
import hashlib
import io
import secrets
import string
import zipfile
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from lxml import etree
from PIL import Image

ISP, USER, PASSWORD = 100001, "demo-provider", "demo-only-password"
KEY, IV = b"demo-only-key-16", b"demo-only-iv--16"
LETTERS = string.ascii_letters + string.digits
FILES, STATUS, VERIFY = (
    "/ISPWebService/upDownLoad",
    "/BeianStatusWebService/queryBeianStatus",
    "/BeianStatusWebService/verifyBamm",
)
PATHS = {"isp_querybeianstatus": STATUS, "isp_verifybamm": VERIFY}
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
)


def md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def encrypt(data: bytes) -> bytes:
    padder, encryptor = PKCS7(128).padder(), Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def decrypt(data: bytes) -> bytes:
    decryptor, unpadder = Cipher(algorithms.AES(KEY), modes.CBC(IV)).decryptor(), PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()


def zip_of(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


@cache
def picture(kind: str = "JPEG", side: int = 200) -> str:
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


@dataclass
class File:
    """A downloaded file."""

    code: int
    name: str
    body: bytes
    digest: str
    encrypted: bool

    @property
    def root(self) -> etree._Element:
        """The parsed document."""
        body = decrypt(self.body) if self.encrypted else self.body
        assert self.digest == md5(body)
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            assert archive.namelist() == [self.name]
            data = archive.read(self.name)
        assert data.startswith(b'<?xml version="1.0" encoding="GBK"?>')
        return etree.fromstring(data)


@dataclass
class Provider:
    """Calls the six methods of one simulator."""

    url: str
    changed: dict[str, Any] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)

    def who(self, **changed: Any) -> dict[str, Any]:
        """Fresh credentials; `changed` and `self.changed` replace single arguments."""
        salt = "".join(secrets.choice(LETTERS) for _ in range(20))
        usual = {"ispId": ISP, "userName": USER, "randVal": salt, "pwdHash": md5((PASSWORD + salt).encode("gbk"))}
        return {**usual, **self.changed, **changed}

    def post(self, operation: str, arguments: dict[str, Any]) -> requests.Response:
        rows = "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in arguments.items())
        body = f'<o:{operation} xmlns:o="urn:icp-simulator:v3">{rows}</o:{operation}>'
        return self.session.post(
            self.url + PATHS.get(operation, FILES),
            data=ENVELOPE.format(body).encode(),
            headers={"Content-Type": "text/xml; charset=utf-8"},
            timeout=30,
        )

    def call(self, operation: str, **arguments: Any) -> etree._Element:
        """The inner document of an answer."""
        answer = self.post(operation, arguments)
        assert answer.status_code == 200, answer.text
        text = etree.fromstring(answer.content).findtext(".//return")
        assert text.startswith('<?xml version="1.0" encoding="GBK"?>')
        return etree.fromstring(text.partition("?>")[2])

    def upload(self, xml: bytes, sequence: int, *, name: str = "", plain: bool = False, **changed: Any) -> Any:
        body = changed.pop("body", None) or zip_of(**{name or f"beianinfo{sequence}__xml": xml})
        usual = {
            "beianInfo": base64.b64encode(body if plain else encrypt(body)).decode(),
            "beianInfoHash": md5(body),
            "dataSequence": sequence,
            "encryptAlgorithm": 0 if plain else 1,
            "hashAlgorithm": 0,
            "compressionFormat": 0,
        }
        return self.call("isp_upload", **{**self.who(), **usual, **changed})

    def uploaded(self, xml: bytes, sequence: int, **changed: Any) -> int:
        """The return code of an upload."""
        return code(self.upload(xml, sequence, **changed))

    def ask(self, operation: str, **arguments: Any) -> etree._Element:
        return self.call(operation, **{**self.who(), "hashAlgorithm": 0, **arguments})

    def download(self) -> File | int:
        """The file due next, or the return code when there is none."""
        root = self.ask("isp_download")
        info = root.find("fileInfos")
        if info is None:
            return code(root)
        return File(
            code(root),
            info.findtext("return_FileName"),
            base64.b64decode(info.findtext("beianInfo")),
            info.findtext("beianInfoHash"),
            info.findtext("encryptAlgorithm") == "1",
        )

    def acknowledge(self, name: str) -> int:
        return code(self.ask("isp_downloadack", fileName=name))

    def everything(self) -> list[etree._Element]:
        """Every waiting file, acknowledged one by one."""
        found = []
        while isinstance(file := self.download(), File):
            found.append(file.root)
            assert self.acknowledge(file.name) == 0
        return found

    def verify(self, number: str, password: str) -> tuple[int, str | None]:
        root = self.ask("isp_verifybamm", baxh=number, bamm=password)
        return code(root), root.findtext("VerifyRes")


def code(root: etree._Element) -> int:
    return int(root.findtext("msg_code"))


def attachment(number: str, *, purpose: int = 1, owner: int = 2, format_: int = 1, content: str = "") -> str:
    return (
        f"<Fjxx><Fjwjgs>{format_}</Fjwjgs><Fjyt>{purpose}</Fjyt><Fjnr>{content or picture()}</Fjnr>"
        f"<Fjssdx><Ssdxlx>{owner}</Ssdxlx><Ssdxbs><Baxh>{number}</Baxh></Ssdxbs></Fjssdx></Fjxx>"
    )


def access(number: str, own_id: int, password: str = "", *, attachments: str = "", **changed: str) -> str:
    """A record of XZJR; `changed` replaces whole elements by name."""
    parts = {
        "Wz_xx": f"<Wz_xx><Wzbah>{number}</Wzbah></Wz_xx>",
        "IspJrid": f"<IspJrid>{own_id}</IspJrid>",
        "Wzfb": "<Wzfb><Fbdd>2</Fbdd></Wzfb>",
        "Wzjrfs": "<Wzjrfs><Jrfs>5</Jrfs></Wzjrfs>",
        "Ip_xx": f"<Ip_xx><IspIpid>{own_id}00</IspIpid><Qsip>3221225994</Qsip><Zzip>3221225995</Zzip></Ip_xx>",
        "Fj": attachments.replace("<Fjxx>", "<Fj><Fjxx>").replace("</Fjxx>", "</Fjxx></Fj>"),
        "ICPmm": f"<ICPmm>{hashlib.md5(password.encode()).hexdigest()}</ICPmm>",
    }
    return "<Xzxx>" + "".join((parts | changed).values()) + "</Xzxx>"


def cancellation(access_id: int, *, reason: int = 1, level: int = 2, password: str = "") -> str:
    digest = f"<ICPmm>{hashlib.md5(password.encode()).hexdigest()}</ICPmm>" if password else ""
    return f"<Zx_xx><Zxlb>{level}</Zxlb><Jlid>{access_id}</Jlid><Zxly>{reason}</Zxly>{digest}</Zx_xx>"


def document(*, version: str = "V.3.0", isp: int = ISP, **kinds: str) -> bytes:
    """An upload: `document(XZJR=access(…))`."""
    rows = "".join(f"<{kind}>{inside}</{kind}>" for kind, inside in kinds.items())
    text = f'<UploadData version="{version}"><ICP>{rows}<Qqdwid>{isp}</Qqdwid></ICP></UploadData>'
    return ('<?xml version="1.0" encoding="GBK"?>' + text).encode("gbk", "xmlcharrefreplace")
