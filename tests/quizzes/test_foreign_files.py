"""Files as other programs write them: understood, or refused with the place and what to do about it."""

import io
import zipfile

import pytest

from apps.core.errors import Refused
from apps.quizzes import services

HEAD = "kind,question,right,answer1,answer2\r\n"
ROW = "single,Wéir?,2,a,b\r\n"
ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i1" title="Weirs" adaptive="false" timeDependent="false">
  <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">{response}</responseDeclaration>
  <itemBody><div class="grid-row"><div class="col-12">{before}<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
    <prompt>Which one?</prompt>
    <simpleChoice identifier="c1"><p>a</p></simpleChoice><simpleChoice identifier="{second}"><![CDATA[b & c]]></simpleChoice>
  </choiceInteraction></div></div></itemBody>{after}
</assessmentItem>"""  # noqa: E501 - as such programs write it
CORRECT = "<correctResponse><value><![CDATA[c2]]></value></correctResponse>"
MAPPED = """<mapping defaultValue="0"><mapEntry mapKey="c1" mappedValue="-0.5"/>
<mapEntry mapKey="c2" mappedValue="1"/></mapping>"""
MANIFEST = """<imscp:manifest xmlns:imscp="http://www.imsglobal.org/xsd/imscp_v1p1" xml:base="{base}">
  <imscp:resources><imscp:resource identifier="t" type="imsqti_test_xmlv2p1" href="test.xml"/>
  <imscp:resource identifier="r" type="{kind}" href="{href}"/></imscp:resources></imscp:manifest>"""

RESOURCE = '<resource type="imsqti_item_xmlv2p1" href="{}"/>'
TWICE = f"<manifest>{RESOURCE.format('a.xml')}\n{RESOURCE.format('./a.xml')}</manifest>"


def item(response=CORRECT, before="", after="", second="c2"):
    return ITEM.format(response=response, before=before, after=after, second=second).encode()


def package(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def behind_a_password(data):
    """As its heads say; what is in it stays as it is."""
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    words = bytearray(data)
    words[local + 6] |= 1
    words[central + 8] |= 1
    return bytes(words)


def manifest(href="items/i1/qti.xml", kind="imsqti_item_xmlv2p1", base=""):
    return MANIFEST.format(href=href, kind=kind, base=base)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(item(), id="cdata"),
        pytest.param(item(MAPPED), id="points by a mapping"),
        pytest.param(b"\xef\xbb\xbf" + item(), id="bom"),
        pytest.param(item().decode().replace("UTF-8", "UTF-16").encode("utf-16"), id="utf-16"),
        pytest.param(package(**{"imsmanifest.xml": manifest(), "items/i1/qti.xml": item()}), id="package"),
        pytest.param(
            package(**{"bank/imsmanifest.xml": manifest(), "bank/items/i1/qti.xml": item(),
                       "__MACOSX/imsmanifest.xml": b"\x00\x05"}), id="a folder packed"
        ),
        pytest.param(
            package(**{"imsmanifest.xml": manifest("items\\My%20item.xml"), "items/My item.xml": item()}), id="escaped"
        ),
        pytest.param(
            package(**{"imsmanifest.xml": manifest("i1.xml", base="items/"), "items/i1.xml": item()}), id="base"
        ),
        pytest.param(
            package(**{"imsmanifest.xml": manifest(kind="imsqti_item_xmlv3p0"), "items/i1/qti.xml": item()}), id="qti 3"
        ),
    ],
)  # fmt: skip
def test_foreign_items_are_understood(data):
    [found] = services.read_bank(data)

    assert (found.kind, found.text) == ("single", "Which one?")
    assert found.choices == [("a", False), ("b & c", True)]
    assert not found.leaves_behind


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(("sep=;\r\n" + (HEAD + ROW).replace(",", ";")).encode(), id="says its separator"),
        pytest.param((HEAD + ROW).replace(",", "\t").encode("utf-16"), id="unicode text"),
    ],
)
def test_tables_of_spreadsheets_are_understood(data):
    assert [one.text for one in services.read_bank(data)] == ["Wéir?"]


@pytest.mark.parametrize(
    "before", ['<img src="images/weir.png" alt="" />', '<object data="weir.mp4" type="video/mp4"/>']
)
def test_what_does_not_come_along_is_told(before):
    [found] = services.read_bank(item(before=before))

    assert found.leaves_behind


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"<questestinterop/>", "line 1", "QTI 2.1 or 3.0"),
        (package(**{"xl/workbook.xml": "<a/>", "[Content_Types].xml": "<a/>"}), "whole file", "CSV UTF-8"),
        (item(second="c1"), "line 6", "twice"),
        (item(after="<templateDeclaration/>"), "line 7", "template"),
        (item(before="<p>&nbsp;</p>"), "line 4", "undefined entity"),
        (item(response="<correctResponse><value>c9</value></correctResponse>"), "line 3", "c9"),
        (item(response=""), "line 4", "exactly one"),
        (item(before=f"<p>{'A long passage. ' * 30}</p>"), "line 4", "longer than 300"),
        ((HEAD + "single,Wéir?,2,a,b\r\n").encode("cp1252"), "line 2", "UTF-8"),
        (("sep=,\r\n" + HEAD + ROW + "single,Which?,7,a,b\r\n").encode(), "line 4", "1 to 2"),
        (manifest().encode(), "line 1", "assessmentItem"),
        (package(**{"imsmanifest.xml": TWICE, "a.xml": item()}), "imsmanifest.xml, line 2", "twice"),
        ((HEAD + f"single,Which?,{'1' * 5000},a,b\r\n").encode(), "line 2", "1 to 2"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",
)
def test_what_is_not_understood_is_told_with_its_place(data, place, why):
    with pytest.raises(Refused) as refused:
        services.read_bank(data)

    message = str(refused.value.message)
    assert place in message and why in message
    assert "\n" not in message


@pytest.mark.parametrize("spoil", [behind_a_password, lambda data: data.replace(b"resources", b"resourcez", 1)])
def test_package_that_cannot_be_unpacked_is_told_by_its_file(spoil):
    packed = package(**{"imsmanifest.xml": manifest(), "items/i1/qti.xml": item()})

    with pytest.raises(Refused) as refused:
        services.read_bank(spoil(packed))

    assert "imsmanifest.xml: the package cannot be unpacked" in str(refused.value.message)
