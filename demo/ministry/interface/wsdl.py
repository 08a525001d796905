"""The WSDL of the three services: operations, arguments in the order of the ministry's document, address."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from demo.ministry.interface.soap import NAMESPACE

LONG, INT, STRING = "xs:long", "xs:int", "xs:string"
Arguments = tuple[tuple[str, str], ...]
WHO: Arguments = (("ispId", LONG), ("userName", STRING), ("randVal", STRING), ("pwdHash", STRING))
HASHED: Arguments = (*WHO, ("hashAlgorithm", INT))


@dataclass(frozen=True)
class Service:
    """One of the three services, with its operations."""

    name: str
    operations: dict[str, Arguments]


SERVICES = {
    "files": Service(
        "UpDownLoadService",
        {
            "isp_upload": (
                *WHO,
                ("beianInfo", STRING),
                ("beianInfoHash", STRING),
                ("dataSequence", LONG),
                ("encryptAlgorithm", INT),
                ("hashAlgorithm", INT),
                ("compressionFormat", INT),
            ),
            "isp_download": HASHED,
            "isp_downloadack": (*HASHED, ("fileName", STRING)),
            "isp_querypreviousupload": HASHED,
        },
    ),
    "status": Service(
        "QueryBeianStatusService",
        {"isp_querybeianstatus": (*HASHED, ("queryConditionType", INT), ("queryCondition", STRING))},
    ),
    "password": Service(
        "VerifyBammService", {"isp_verifybamm": (*HASHED, ("baxh", STRING), ("bamm", STRING))}
    ),
}  # fmt: skip


def document(service: str, address: str) -> str:
    """The WSDL of a service at `address`."""
    one = SERVICES[service]
    names = list(one.operations)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}" name="{one.name}" targetNamespace="{NAMESPACE}">
  <wsdl:types>
    <xs:schema targetNamespace="{NAMESPACE}" elementFormDefault="unqualified">
{_lines(_elements(name, one.operations[name]) for name in names)}
    </xs:schema>
  </wsdl:types>
{_lines(_messages(name) for name in names)}
  <wsdl:portType name="{one.name}PortType">
{_lines(_operation(name) for name in names)}
  </wsdl:portType>
  <wsdl:binding name="{one.name}Binding" type="tns:{one.name}PortType">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
{_lines(_binding(name) for name in names)}
  </wsdl:binding>
  <wsdl:service name="{one.name}">
    <wsdl:port name="{one.name}Port" binding="tns:{one.name}Binding">
      <soap:address location={quoteattr(address)}/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
"""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _elements(name: str, arguments: Arguments) -> str:
    rows = "".join(f'<xs:element name="{argument}" type="{kind}"/>' for argument, kind in arguments)
    return (
        f'      <xs:element name="{name}"><xs:complexType><xs:sequence>{rows}</xs:sequence></xs:complexType>'
        f'</xs:element>\n      <xs:element name="{name}Response"><xs:complexType><xs:sequence>'
        '<xs:element name="return" type="xs:string"/></xs:sequence></xs:complexType></xs:element>'
    )


def _messages(name: str) -> str:
    return (
        f'  <wsdl:message name="{name}"><wsdl:part name="parameters" element="tns:{name}"/></wsdl:message>\n'
        f'  <wsdl:message name="{name}Response"><wsdl:part name="parameters" element="tns:{name}Response"/>'
        "</wsdl:message>"
    )


def _operation(name: str) -> str:
    return (
        f'    <wsdl:operation name="{name}"><wsdl:input message="tns:{name}"/>'
        f'<wsdl:output message="tns:{name}Response"/></wsdl:operation>'
    )


def _binding(name: str) -> str:
    return (
        f'    <wsdl:operation name="{name}"><soap:operation soapAction="" style="document"/>'
        '<wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>'
        "</wsdl:operation>"
    )
