"""A fake ministry over real HTTP, written from the specification only: imports nothing of the portal.

with FakeMinistryServer() as ministry:
    settings.MIIT_… = …                       # for name, value in ministry.settings().items(): setattr(settings, …)
    ministry.deliver("return1", xml)          # what isp_download hands out until it is acknowledged
    ministry.file("example.com", subject="京ICP备00000000号")
    ministry.passwords["京ICP备00000000号"] = "secret"
    ministry.say("isp_upload", code=15)       # the next answers of a method, one each; then it behaves again
    ministry.say("isp_upload", "<return>…")   # or the whole returned string
    ministry.trouble("isp_upload", "drop_after")   # the next calls of a method go wrong: see TROUBLES
    ministry.calls                            # what was asked: method, arguments by their names in the interface
    ministry.uploads                          # what was accepted: sequence, XML bytes
"""

import base64
import hashlib
import io
import socket
import threading
import time
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.icpportal.gateways.miit.client.wsdl_text import ENVELOPE, PARAMETERS, SERVICES, Dialect

ISP, USER, PASSWORD, KEY, IV = 100077, "provider", "Passw0rd", "0123456789abcdef", "0102030405060708"
FILES, STATUS, VERIFY = SERVICES
FAULT = (
    '<f:Envelope xmlns:f="{0}"><f:Body><f:Fault><faultcode>f:Server</faultcode><faultstring>{1}</faultstring></f:Fault>'
)
FAULT += "</f:Body></f:Envelope>"
MIME = "\r\n--b1\r\nContent-Type: text/xml\r\nContent-Id: <1>\r\n\r\n@\r\n--b1\r\n\r\nanother\r\n--b1--\r\n"
TROUBLES = {
    "stall": "says nothing for `seconds` and then answers",
    "drip": "answers a byte at a time, for `seconds`",
    "drip_head": "sends its headers a byte at a time, for `seconds`",
    "drop": "closes the connection before it did anything",
    "drop_after": "does what was asked and then closes the connection",
    "http_500": "HTTP 500 with a page",
    "http_500_fault": "HTTP 500 with a SOAP fault",
    "http_404": "HTTP 404",
    "fault": "HTTP 200 with a SOAP fault",
    "html": "HTTP 200 with a page",
    "empty": "HTTP 200 with nothing",
    "garbage": "HTTP 200 with bytes",
    "truncated": "half an answer",
    "huge": "an answer without end",
    "redirect": "sends the caller to `elsewhere`",
    "entities": "an envelope with a DTD and entities",
    "mime": "no trouble: the answer as the first of several MIME parts",
}


@dataclass
class Asked:
    """One call as received: `arguments` by their names in the interface, whatever the WSDL calls them."""

    method: str
    arguments: dict[str, str]
    names: list[str] = field(repr=False)  # the local names the caller used
    headers: dict[str, str] = field(repr=False)
    client: str = ""


@dataclass
class Waiting:
    """A file waiting for the provider."""

    name: str
    fields: dict[str, str]


class Raw(str):
    """A returned string that goes into the envelope unescaped."""


class FakeMinistryServer:
    """A context manager; `ispId`, user and password as above unless given."""

    def __init__(self, dialect: Dialect | None = None, *, encrypt: bool = True, always_zero: bool = False) -> None:
        self.dialect = dialect or Dialect()
        self.encrypt, self.always_zero = encrypt, always_zero
        self.calls: list[Asked] = []
        self.gets: list[str] = []
        self.uploads: list[tuple[int, bytes]] = []
        self.last = {"dataSequence": "0", "return_FileName": "", "beianInfo": "", "beianInfoHash": ""}
        self.queue: list[Waiting] = []
        self.acknowledged: list[str] = []
        self.filed: dict[str, dict[str, str]] = {}
        self.passwords: dict[str, str] = {}
        self.bare = False  # before each file it answers 3 ("continue calling") without one
        self.said_bare = False
        self.rotates = False  # an unacknowledged file goes behind the others; a strict ministry sends it again
        self.wsdl_down = False
        self.reads_after = 0.0  # seconds before it begins to read the request
        self.seconds, self.elsewhere = 30.0, "http://127.0.0.1:9/"
        self.over = threading.Event()
        self.lock = threading.RLock()
        self._said: dict[str, deque[str]] = defaultdict(deque)
        self._troubles: dict[str, deque[str]] = defaultdict(deque)

    # --- as a context manager ------------------------------------------------------------------------------------
    def __enter__(self) -> "FakeMinistryServer":
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.http.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_problem) -> None:
        self.over.set()
        self.http.shutdown()
        self.http.server_close()

    def settings(self) -> dict[str, object]:
        """The portal's settings that point here."""
        addresses = {"FILES": FILES, "STATUS": STATUS, "PASSWORD": VERIFY}
        return {
            "MIIT_ISP_ID": ISP,
            "MIIT_USER": USER,
            "MIIT_PASSWORD": PASSWORD,
            "MIIT_ENCRYPT": self.encrypt,
            "MIIT_AES_KEY": KEY,
            "MIIT_AES_IV": IV,
            "MIIT_SOURCE_ADDRESS": "",
            **{f"MIIT_{name}_URL": self.base + path for name, path in addresses.items()},
            **{f"MIIT_{name}_WSDL": f"{self.base}{path}?wsdl" for name, path in addresses.items()},
        }

    # --- what a test arranges ------------------------------------------------------------------------------------
    def say(self, method: str, text: str | None = None, *, code: int = 0, msg: str = "", more: str = "") -> None:
        """Sets one answer of a method, instead of its behaviour; several calls set several answers."""
        self._said[method].append(text if text is not None else return_document(code, msg, more))

    def trouble(self, method: str, kind: str, *, times: int = 1) -> None:
        """Makes the next `times` calls of a method fail."""
        assert kind in TROUBLES
        self._troubles[method].extend([kind] * times)

    def deliver(self, name: str, xml: bytes, *, entry: str = "", **wrong: str) -> None:
        """Queues a file for the provider; `wrong` replaces fields of `fileInfos`."""
        body = zip_of(xml, entry or name)
        fields = {
            "hashAlgorithm": "0",
            "compressionFormat": "0",
            "encryptAlgorithm": "1" if self.encrypt else "0",
            "return_FileName": name,
            "beianInfo": b64(encrypt_file(body) if self.encrypt else body),
            "beianInfoHash": b64(hashlib.md5(body).digest()),
        }
        self.queue.append(Waiting(name, fields | wrong))

    def file(self, condition: str, *, subject: str, site: str = "", name: str = "") -> None:
        """Puts this domain or certificate number on record."""
        self.filed[condition] = {"Ztbah": subject, "Wzmc": name, "Wzbah": site}

    def asked(self, method: str) -> list[dict[str, str]]:
        """The arguments of every call of one method."""
        return [call.arguments for call in self.calls if call.method == method]

    # --- what it does --------------------------------------------------------------------------------------------
    def next_trouble(self, method: str) -> str:
        """The trouble of this call, "" when there is none."""
        with self.lock:
            return self._troubles[method].popleft() if self._troubles[method] else ""

    def answer(self, method: str, asked: dict[str, str]) -> str:
        """The returned string."""
        with self.lock:
            if self._said[method]:
                return self._said[method].popleft()
            if refusal := self.refusal(asked):
                return return_document(refusal)
            return getattr(self, method)(asked)

    def refusal(self, asked: dict[str, str]) -> int:
        """The code for bad authentication, 0 for good."""
        proof = hashlib.md5((PASSWORD + asked["randVal"]).encode("gbk")).digest()
        if asked["userName"] != USER:
            return 4
        if asked["ispId"] != str(ISP):
            return 13
        if len(asked["randVal"]) < 20:
            return 16
        return 0 if asked["pwdHash"] == b64(proof) else 5

    def isp_upload(self, asked: dict[str, str]) -> str:
        """Accepts the next number only."""
        due, number = int(self.last["dataSequence"]) + 1, int(asked["dataSequence"])
        body = base64.b64decode(asked["beianInfo"])
        body = decrypt_file(body) if asked["encryptAlgorithm"] == "1" else body
        if b64(hashlib.md5(body).digest()) != asked["beianInfoHash"]:
            return return_document(7)
        if number != due:
            missing = "".join(f"<dataSequence>{n}</dataSequence>" for n in range(due, max(number, due + 1)))
            return return_document(14, more=f"<dataSequences>{missing}</dataSequences>")
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            (name,) = archive.namelist()
            self.uploads.append((number, archive.read(name)))
        self.last = {key: asked.get(key, "") for key in self.last} | {"return_FileName": name}
        return return_document(0, "成功")

    def isp_querypreviousupload(self, _asked: dict[str, str]) -> str:
        """The last accepted upload."""
        fields = {"hashAlgorithm": "0", "compressionFormat": "0", "encryptAlgorithm": "0", **self.last}
        return return_document(0, more=infos(fields))

    def isp_download(self, _asked: dict[str, str]) -> str:
        """The oldest waiting file, until it is acknowledged."""
        if not self.queue:
            return return_document(2)
        if self.bare:
            self.said_bare = not self.said_bare
            if self.said_bare:
                return return_document(3, "请继续调用本接口")
        code = 0 if self.always_zero else 3 if len(self.queue) > 1 else 1
        fields = self.queue[0].fields
        if self.rotates:
            self.queue.append(self.queue.pop(0))
        return return_document(code, more=infos(fields))

    def isp_downloadack(self, asked: dict[str, str]) -> str:
        """Removes the file from the queue."""
        if not asked["fileName"]:
            return return_document(21)
        self.acknowledged.append(asked["fileName"])
        self.queue = [file for file in self.queue if file.name != asked["fileName"]]
        return return_document(0)

    def isp_querybeianstatus(self, asked: dict[str, str]) -> str:
        """Whether it is on record."""
        found = self.filed.get(asked["queryCondition"])
        numbers = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in (found or {}).items() if value)
        echo = f"<Cxtjlx>{asked['queryConditionType']}</Cxtjlx><Cxtj>{escape(asked['queryCondition'])}</Cxtj>"
        return return_document(0, more=f"<StatusInfo>{echo}<Bazt>{0 if found else 1}</Bazt>{numbers}</StatusInfo>")

    def isp_verifybamm(self, asked: dict[str, str]) -> str:
        """0 for right, with white space like the real one."""
        right = self.passwords.get(asked["baxh"]) == asked["bamm"]
        return return_document(0, more=f"<VerifyRes>\n  {0 if right else 1}\n </VerifyRes>")


def return_document(code: int, msg: str = "", more: str = "") -> str:
    """A method's return value: an XML document that declares GBK although it travels in UTF-8."""
    inner = f"<msg_code>{code}</msg_code><msg>{escape(msg)}</msg>{more}"
    return f'<?xml version="1.0" encoding="GBK"?>\n<return version="V.3.0">{inner}</return>'


def infos(fields: dict[str, str]) -> str:
    """The `fileInfos` element."""
    return "<fileInfos>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in fields.items()) + "</fileInfos>"


def b64(data: bytes) -> str:
    """Base64 text."""
    return base64.b64encode(data).decode()


def zip_of(xml: bytes, name: str) -> bytes:
    """An archive with one entry."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return target.getvalue()


def encrypt_file(data: bytes) -> bytes:
    """AES-CBC with PKCS5 padding, by hand."""
    pad = 16 - len(data) % 16
    writer = Cipher(algorithms.AES(KEY.encode()), modes.CBC(IV.encode())).encryptor()
    return writer.update(data + bytes([pad]) * pad) + writer.finalize()


def decrypt_file(data: bytes) -> bytes:
    """The reverse."""
    reader = Cipher(algorithms.AES(KEY.encode()), modes.CBC(IV.encode())).decryptor()
    plain = reader.update(data) + reader.finalize()
    return plain[: -plain[-1]]


def local(element: ElementTree.Element) -> str:
    """A tag without its namespace."""
    return element.tag.rpartition("}")[2]


class Handler(BaseHTTPRequestHandler):
    """The HTTP half: documents by GET, envelopes by POST, troubles on demand."""

    ministry: FakeMinistryServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.ministry.gets.append(self.path)
        path, _, query = self.path.partition("?")
        if self.ministry.wsdl_down:
            return self.give(503, b"down", "text/plain")
        if trouble := self.ministry.next_trouble("wsdl"):
            return self.get_into(trouble, b"")
        write = {"wsdl": "wsdl", "wsdl=port.wsdl": "port_document", "xsd=1": "schema"}.get(query.partition("&")[0])
        if path not in SERVICES or write is None:
            return self.give(404, b"nothing", "text/plain")
        about = (path,) if write == "schema" else (path, self.ministry.base)
        return self.give(200, getattr(self.ministry.dialect, write)(*about).encode())

    def do_POST(self) -> None:
        self.ministry.over.wait(self.ministry.reads_after)
        root = ElementTree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        (body,) = [child for child in root if local(child) == "Body"]
        (wrapper,) = body
        method, given = local(wrapper), list(wrapper)
        names = [name for name, _ in PARAMETERS[method]]
        arguments = {name: child.text or "" for name, child in zip(names, given, strict=True)}
        used = [local(child) for child in given]
        qualified = self.ministry.dialect.qualified and self.ministry.dialect.style == "document"
        assert {child.tag.startswith("{") for child in given} == {qualified}
        assert used == [self.ministry.dialect.parameter(method, place) for place in range(len(used))], used
        self.ministry.calls.append(
            Asked(method, arguments, used, dict(self.headers.items()), client=self.client_address[0])
        )
        trouble = self.ministry.next_trouble(method)
        if trouble == "drop":
            return self.hang_up()
        if trouble == "stall":
            self.ministry.over.wait(self.ministry.seconds)
        text = self.ministry.answer(method, arguments)
        ready = text if isinstance(text, Raw) else escape(text)
        answer = self.ministry.dialect.response(method, ready).encode()
        if trouble in ("", "stall"):
            return self.give(200, answer)
        return self.get_into(trouble, answer)

    def get_into(self, trouble: str, answer: bytes) -> None:
        version = ENVELOPE[self.ministry.dialect.soap]
        fault = FAULT.format(version, "Zhang San 110101199003074514 is unwell").encode()
        dtd = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        page = b"<html><body><br>The system is being maintained</body></html>"
        plain = {
            "http_500": (500, page, "text/html"),
            "http_500_fault": (500, fault, "text/xml"),
            "http_404": (404, page, "text/html"),
            "fault": (200, fault, "text/xml"),
            "html": (200, page, "text/html"),
            "empty": (200, b"", "text/xml"),
            "garbage": (200, bytes(range(256)), "application/octet-stream"),
            "mime": (200, MIME.encode().replace(b"@", answer), 'multipart/related; boundary="b1"; type="text/xml"'),
            "entities": (200, answer.replace(b"?>", b"?>" + dtd, 1), "text/xml"),
        }
        if trouble in plain:
            return self.give(*plain[trouble])
        return getattr(self, trouble)(answer)

    def give(self, status: int, body: bytes, kind: str = "text/xml; charset=utf-8", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, _answer: bytes) -> None:
        self.give(307, b"", Location=self.ministry.elsewhere)

    def hang_up(self, _answer: bytes = b"") -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    drop_after = hang_up

    def stall(self, answer: bytes) -> None:
        self.ministry.over.wait(self.ministry.seconds)
        self.give(200, answer)

    def truncated(self, answer: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + answer[: len(answer) // 2])

    def drip(self, answer: bytes) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        self.slowly(answer + b" " * 100_000)

    def drip_head(self, answer: bytes) -> None:
        self.slowly(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 60_000)

    def slowly(self, what: bytes) -> None:
        self.close_connection = True
        ends = time.monotonic() + self.ministry.seconds
        for place in range(len(what)):
            self.wfile.write(what[place : place + 1])
            if self.ministry.over.wait(0.03) or time.monotonic() > ends:
                break

    def huge(self, answer: bytes) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + answer)
        while not self.ministry.over.is_set():
            self.wfile.write(b" " * 1_000_000)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the caller hung up first

    def log_message(self, *_words: object) -> None:
        """Silent."""


def handler_of(ministry: FakeMinistryServer) -> type[Handler]:
    """The HTTP handler of this ministry."""
    return type("MinistryHandler", (Handler,), {"ministry": ministry})
