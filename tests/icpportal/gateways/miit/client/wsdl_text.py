"""WSDLs of an invented ministry: one text per service, as different servers would write it."""

from dataclasses import dataclass

LONG, INT, STRING = "xsd:long", "xsd:int", "xsd:string"
WHO = (("ispId", LONG), ("userName", STRING), ("randVal", STRING), ("pwdHash", STRING))
UPLOAD = (
    ("beianInfo", STRING),
    ("beianInfoHash", STRING),
    ("dataSequence", LONG),
    ("encryptAlgorithm", INT),
    ("hashAlgorithm", INT),
    ("compressionFormat", INT),
)
HASH = (("hashAlgorithm", INT),)
PARAMETERS = {
    "isp_upload": (*WHO, *UPLOAD),
    "isp_download": (*WHO, *HASH),
    "isp_downloadack": (*WHO, *HASH, ("fileName", STRING)),
    "isp_querypreviousupload": (*WHO, *HASH),
    "isp_querybeianstatus": (*WHO, *HASH, ("queryConditionType", INT), ("queryCondition", STRING)),
    "isp_verifybamm": (*WHO, *HASH, ("baxh", STRING), ("bamm", STRING)),
}
SERVICES = {
    "/ISPWebService/upDownLoad": ("isp_upload", "isp_download", "isp_downloadack", "isp_querypreviousupload"),
    "/BeianStatusWebService/queryBeianStatus": ("isp_querybeianstatus",),
    "/BeianStatusWebService/verifyBamm": ("isp_verifybamm",),
}
NAMESPACE = "http://ministry.test/icp"
TYPES = "http://ministry.test/icp/types"
SOAP = {"1.1": "http://schemas.xmlsoap.org/wsdl/soap/", "1.2": "http://schemas.xmlsoap.org/wsdl/soap12/"}
ENVELOPE = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}


@dataclass(frozen=True)
class Dialect:
    """How this server writes its WSDL. `names`: ispId, ispID, mixed (within one WSDL) or in0."""

    names: str = "ispId"
    qualified: bool = False
    style: str = "document"  # or rpc
    soap: str = "1.1"
    result: str = "return"
    imports: bool = False  # types in a second document, the port type in a third
    own_address: str = ""  # the address it states, "" for the real one
    soap_action: str = ""
    other_bindings: bool = False  # an HTTP binding before the SOAP binding
    shape: str = "sequence"  # of a wrapper: sequence, all, or named (a type of its own, everything optional)

    def parameter(self, method: str, place: int) -> str:
        """This server's name for the parameter at this position."""
        name = PARAMETERS[method][place][0]
        if self.names == "in0":
            return f"in{place}"
        odd = self.names == "ispID" or (self.names == "mixed" and method != "isp_querypreviousupload")
        return "ispID" if name == "ispId" and odd else name

    def wsdl(self, path: str, base: str) -> str:
        """The main document."""
        address = f"{self.own_address or base}{path}"
        head = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Ministry" targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}" xmlns:t="{TYPES}"
  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="{SOAP[self.soap]}"
  xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">"""
        if self.imports:
            middle = f'<wsdl:import namespace="{NAMESPACE}" location="{address}?wsdl=port.wsdl"/>'
        else:
            middle = f"<wsdl:types>{self.schema(path)}</wsdl:types>{self.port_type(path)}"
        return f"""{head}{middle}{self.http_binding(path)}{self.binding(path)}
<wsdl:service name="MinistryService">{self.http_port(address)}
<wsdl:port name="MinistryPort" binding="tns:MinistryBinding">
<soap:address location="{address}"/></wsdl:port></wsdl:service></wsdl:definitions>"""

    def port_document(self, path: str, base: str) -> str:
        """The second document: messages and port type, with the types in a third."""
        return f"""<wsdl:definitions targetNamespace="{NAMESPACE}" xmlns:tns="{NAMESPACE}" xmlns:t="{TYPES}"
  xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<wsdl:types><xsd:schema><xsd:import namespace="{TYPES}"
  schemaLocation="{self.own_address or base}{path}?xsd=1"/></xsd:schema></wsdl:types>
{self.port_type(path)}</wsdl:definitions>"""

    def schema(self, path: str) -> str:
        """Wrapper elements for the document style."""
        form = "qualified" if self.qualified else "unqualified"
        elements = "".join(
            self._element(method, [(self.parameter(method, place), kind) for place, (_, kind) in enumerate(parameters)])
            + self._element(f"{method}Response", [(self.result, STRING)])
            for method, parameters in self._methods(path)
            if self.style == "document"
        )
        return f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{TYPES}"
  elementFormDefault="{form}">{elements}</xsd:schema>"""

    def port_type(self, path: str) -> str:
        """Messages and operations."""
        messages, operations = "", ""
        for method, parameters in self._methods(path):
            given = f'<wsdl:part name="parameters" element="t:{method}"/>'
            gives = f'<wsdl:part name="parameters" element="t:{method}Response"/>'
            if self.style == "rpc":
                given = "".join(
                    f'<wsdl:part name="{self.parameter(method, place)}" type="{kind}"/>'
                    for place, (_, kind) in enumerate(parameters)
                )
                gives = f'<wsdl:part name="{self.result}" type="{STRING}"/>'
            messages += f'<wsdl:message name="{method}In">{given}</wsdl:message>'
            messages += f'<wsdl:message name="{method}Out">{gives}</wsdl:message>'
            operations += f"""<wsdl:operation name="{method}"><wsdl:input message="tns:{method}In"/>
<wsdl:output message="tns:{method}Out"/></wsdl:operation>"""
        return f'{messages}<wsdl:portType name="Ministry">{operations}</wsdl:portType>'

    def binding(self, path: str) -> str:
        """The SOAP binding."""
        namespace = f' namespace="{TYPES}"' if self.style == "rpc" else ""
        body = f'<soap:body use="literal"{namespace}/>'
        operations = "".join(
            f"""<wsdl:operation name="{method}"><soap:operation soapAction="{self.soap_action}" style="{self.style}"/>
<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output></wsdl:operation>"""
            for method, _ in self._methods(path)
        )
        return f"""<wsdl:binding name="MinistryBinding" type="tns:Ministry">
<soap:binding style="{self.style}" transport="http://schemas.xmlsoap.org/soap/http"/>{operations}</wsdl:binding>"""

    def http_binding(self, path: str) -> str:
        """A binding that a SOAP client cannot use, placed first."""
        if not self.other_bindings:
            return ""
        operations = "".join(
            f"""<wsdl:operation name="{method}"><http:operation location="/{method}"/>
<wsdl:input/><wsdl:output/></wsdl:operation>"""
            for method, _ in self._methods(path)
        )
        return f"""<wsdl:binding name="AnotherBinding" type="tns:Ministry">
<http:binding verb="POST"/>{operations}</wsdl:binding>"""

    def http_port(self, address: str) -> str:
        """The port of that binding."""
        if not self.other_bindings:
            return ""
        at = f'<http:address location="{address}"/>'
        return f'<wsdl:port name="AnotherPort" binding="tns:AnotherBinding">{at}</wsdl:port>'

    def response(self, method: str, text: str) -> str:
        """The envelope around a method's return value; `text` is escaped already."""
        namespace = TYPES
        tag = f"t:{self.result}" if self.qualified and self.style == "document" else self.result
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="{ENVELOPE[self.soap]}"><e:Body><t:{method}Response xmlns:t="{namespace}"
><{tag}>{text}</{tag}></t:{method}Response></e:Body></e:Envelope>"""

    def _element(self, name: str, inside: list[tuple[str, str]]) -> str:
        optional = ' minOccurs="0" nillable="true"' if self.shape == "named" else ""
        inner = "".join(f'<xsd:element name="{child}" type="{kind}"{optional}/>' for child, kind in inside)
        group = "all" if self.shape == "all" else "sequence"
        content = f"<xsd:{group}>{inner}</xsd:{group}></xsd:complexType>"
        if self.shape != "named":
            return f'<xsd:element name="{name}"><xsd:complexType>{content}</xsd:element>'
        own = f'<xsd:element name="{name}" type="t:{name}" xmlns:t="{TYPES}"/>'
        return f'{own}<xsd:complexType name="{name}">{content}'

    def _methods(self, path: str):
        return [(method, PARAMETERS[method]) for method in SERVICES[path]]
