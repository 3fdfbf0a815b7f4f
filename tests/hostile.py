"""Make what nobody should have to read, and try it apart from the tests.

As a program it takes calls as JSON, ``[[name, path, ...], ...]``, and prints
what each came to. It may need 512 MB, and 10 seconds for each call.
"""

import io
import json
import os
import resource
import signal
import stat
import struct
import sys
import zipfile
import zlib
from datetime import date
from pathlib import Path

#: The limits of one call.
MEMORY, SECONDS = 512 * 2**20, 10
#: How much longer it may take where others keep the processors busy.
BUSY = 6
MIB = 2**20

# What is made --------------------------------------------------------------

MANIFEST = {
    "schema_version": 1,
    "content_version": "1.0.0",
    "locale": "en",
    "licence": "CC0-1.0",
}
SOURCE = {
    "id": "s",
    "name": "S",
    "publisher": "P",
    "licence": "x",
    "sections": ["a"],
}
STATEMENT = {
    "id": "topics/t/x",
    "text": "It is so.",
    "aspect": "overview",
    "citations": [{"source_id": "s", "section": "a"}],
}
TOPIC = {
    "id": "t",
    "name": "T",
    "statements": [STATEMENT],
    "summary_id": "topics/t/x",
}
FILES = {
    "manifest.json": MANIFEST,
    "sources/s.json": SOURCE,
    "topics/t.json": TOPIC,
}
BUNDLE = {"manifest": MANIFEST, "sources": [SOURCE], "topics": [TOPIC]}


def text(value):
    """Give JSON as bytes."""
    return json.dumps(value).encode()


def bundle(**more):
    """Give a bundle that is right, with something more."""
    return text(BUNDLE | more)


def archive(path, more=(), compression=zipfile.ZIP_DEFLATED):
    """Write a zip that is right, with more entries."""
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, value in FILES.items():
            file.writestr(name, text(value))
        for name, data in more:
            file.writestr(name, data)
    return path


def folder(path):
    """Write a folder that is right."""
    for name, value in FILES.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text(value))
    return path


def large(path, start, unit, size, end=b""):
    """Write a file of one thing, again and again."""
    block = unit * (MIB // len(unit))
    with path.open("wb") as file:
        file.write(start)
        for _ in range(size):
            file.write(block)
        file.write(end)
    return path


ZIPS = {}
JSON = {}
FOLDERS = {}
LARGE = {}
OVERLAYS = {}
PACKS = {}


def hostile(table, expected, name=None):
    """Register what makes an input, with a part of what is said of it."""

    def register(make):
        table[name or make.__name__] = make, expected
        return make

    return register


def lie(path, told):
    """Write a zip with an entry of 40 MiB that says it has another size."""
    archive(path, [("topics/u.json", b" " * (40 * MIB))])
    size, data = struct.pack("<L", 40 * MIB), path.read_bytes()
    path.write_bytes(data.replace(size, struct.pack("<L", told)))
    return path


@hostile(ZIPS, "unpacks to more than 256 MiB: load a folder instead")
def ratio(path):
    """Thousands of times as much as it seems."""
    return lie(path, 300 * MIB)


@hostile(ZIPS, "topics/u.json: $: is larger than 64 MiB")
def one_large_file(path):
    """One file is too large, the rest is right."""
    return archive(path, [("topics/u.json", b" " * (65 * MIB))])


@hostile(ZIPS, "cannot be read: Bad CRC-32")
def false_size(path):
    """An entry says that it has ten bytes, and has forty million."""
    return lie(path, 10)


@hostile(ZIPS, "has more than 100000 files: load a folder instead")
def many_entries(path):
    """Two hundred thousand entries, all in the same bytes."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *[0] * 8, 1, 0) + b"a"
    count = 200_000
    entries = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", *[0] * 9, 7, *[0] * 6)
        + f"{number:07}".encode()
        for number in range(count)
    )
    start = len(local)
    zip64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count,
        len(entries), start,
    )  # fmt: skip
    at = start + len(entries)
    zip64 += struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(entries), start, 0
    )
    path.write_bytes(local + entries + zip64 + end)
    return path


@hostile(ZIPS, "does not belong here; only manifest.json")
def nested(path):
    """A zip in a zip in a zip."""
    inner = b"{}"
    for _ in range(3):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as file:
            file.writestr("x.zip", inner)
        inner = packed.getvalue()
    return archive(path, [("x.zip", inner)])


for _name, _entry in {
    "absolute": "/etc/cron.d/x",
    "parent": "../topics/u.json",
    "inner parent": "topics/../../u.json",
    "drive": "C:/topics/u.json",
    "backslash": "topics\\..\\u.json",
    "long name": "a/" * 30_000,
}.items():

    @hostile(ZIPS, " outside of it: zip a folder", _name)
    def _outside(path, entry=_entry):
        """An entry that leads out of the folder, or too deep into it."""
        return archive(path, [(entry, b"{}")])


@hostile(ZIPS, "has a file twice: zip it anew, with one of each")
def duplicate(path):
    """Two files of one name: which of them is shown?"""
    import warnings

    with warnings.catch_warnings(action="ignore"):
        return archive(path, [("topics/t.json", b"{}")])


@hostile(ZIPS, "is encrypted, password required for extraction")
def encrypted(path):
    """An entry says that it is encrypted."""
    data = bytearray(archive(path).read_bytes())
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.rindex(magic)
        data[at + offset] |= 1
    path.write_bytes(data)
    return path


@hostile(ZIPS, "topics/u.json: $: not JSON: Expecting value")
def zipped_symlink(path):
    """A link in a zip is a file that holds a path."""
    entry = zipfile.ZipInfo("topics/u.json")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive(path)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(entry, "/etc/passwd")
    return path


for _name, _method in {
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}.items():

    @hostile(ZIPS, "in a rare way: zip it anew with deflate", _name)
    def _packed(path, method=_method):
        """Millions of bytes in a hundred."""
        return archive(path, [("topics/u.json", bytes(4 * MIB))], method)


@hostile(ZIPS, "cannot be read: ")
def broken_names(path):
    """A name says that it is UTF-8, and is not."""
    data = archive(path, [("topics/\xe9.json", b"{}")]).read_bytes()
    path.write_bytes(data.replace(b"\xc3\xa9", b"\xff\xff"))
    return path


@hostile(ZIPS, "cannot be read: ")
def broken_stream(path):
    """The bytes of an entry are no deflate stream."""
    archive(path)
    data = bytearray(path.read_bytes())
    packed = zlib.compress(text(TOPIC))[2:12]
    at = data.index(packed)
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    return path


@hostile(ZIPS, "cannot be read: ")
def no_directory(path):
    """Nothing but the first two bytes of a zip."""
    path.write_bytes(b"PK")
    return path


BYTES = {
    "empty": (b"", "not JSON: Expecting value"),
    "list": (b"[]", "is no bundle"),
    "deep list": (b"[" * 100_000, "nested too deeply"),
    "deep object": (b'{"a":' * 100_000, "nested too deeply"),
    "closed deep": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "huge number": (
        b'{"topics": [%s]}' % (b"9" * 100_000),
        "has 100000 digits: write a smaller number",
    ),
    "huge exponent": (b'{"topics": 1e999999}', "should be a list of records"),
    "huge position": (
        bundle(topics=[TOPIC | {"position": 10**17}]).replace(
            b"0" * 17, b"0" * 5000
        ),
        "$.topics[0].position: has 5001 digits: write a smaller number",
    ),
    "nan": (
        bundle(topics=[TOPIC | {"position": float("nan")}]),
        "$.topics[0].position: NaN is not a number in JSON",
    ),
    "infinity": (
        bundle(manifest=MANIFEST | {"schema_version": float("-inf")}),
        "$.manifest.schema_version: -Infinity is not a number",
    ),
    "duplicate keys": (
        b'{"manifest": {}, "manifest": {}}',
        "has a key twice: manifest; keep one of each",
    ),
    "duplicate inside": (
        bundle().replace(b'"name": "T"', b'"name": "T", "name": "U"'),
        "$.topics[0]: has a key twice: name; keep one of each",
    ),
    "surrogate": (
        bundle(topics=[TOPIC | {"name": "\ud800"}]),
        "$.topics[0].name: '\\ud800' has half a character",
    ),
    "surrogate key": (
        bundle(topics=[TOPIC | {"\udfff": 1}]),
        "is no field here",
    ),
    "surrogate id": (
        bundle(topics=[TOPIC | {"id": "\ud800"}]),
        "has half a character",
    ),
    "null": (bundle(topics=[TOPIC | {"name": "a\0b"}]), "control character"),
    "mark": (b"\xef\xbb\xbf" + bundle(), "begins with a byte order mark"),
    "utf-16": (bundle().decode().encode("utf-16"), "not UTF-8 at byte 0"),
    "utf-32": (bundle().decode().encode("utf-32"), "not UTF-8 at byte 0"),
    "utf-16 bare": (bundle().decode().encode("utf-16-le"), "not JSON"),
    "overlong": (b'{"\xc0\xaf": 1}', "not UTF-8 at byte 2"),
    "comment": (b"{} // x", "not JSON: Extra data"),
    "trailing": (bundle() + b"{}", "not JSON: Extra data"),
    "html": (b"<!doctype html>", "not JSON: Expecting value"),
    "pickle": (b"\x80\x04\x95", "not UTF-8 at byte 0"),
    "script": (
        bundle(topics=[TOPIC | {"name": "<script>"}]),
        "has HTML in it: write plain text",
    ),
    "turned": (
        bundle(topics=[TOPIC | {"name": "a\u202eb"}]),
        "has a character that turns the direction",
    ),
    "address": (
        bundle(sources=[SOURCE | {"url": "javascript:alert(1)"}]),
        "should be an http or https address",
    ),
    "path as id": (
        bundle(topics=[TOPIC | {"id": "../../x"}]),
        "'../../x' is no slug",
    ),
    "strange names": (bundle(__class__=[]), "$.__class__: is no kind"),
    "way out of a pack": (
        bundle(
            locales={
                "es": {
                    "locale.json": {
                        "locale": "es",
                        "name": "E",
                        "direction": "ltr",
                        "translated_by": "N",
                    },
                    "../x.json": {"id": "x", "texts": {}},
                }
            }
        ),
        "../x is no record of any kind",
    ),
}
for _name, (_data, _expected) in BYTES.items():

    @hostile(JSON, _expected, _name)
    def _bytes(path, data=_data):
        """Some bytes."""
        path.write_bytes(data)
        return path


@hostile(LARGE, "needs more memory than there is")
def long_string(path):
    """Two hundred million letters."""
    return large(path, b'{"topics": "', b"x" * 1024, 200, b'"}')


@hostile(LARGE, "needs more memory than there is")
def white_space(path):
    """Four hundred million spaces, and then what is right."""
    return large(path, b"", b" " * 1024, 400, bundle())


@hostile(LARGE, "should be a list of records")
def shorter_string(path):
    """As many letters as may be."""
    return large(path, b'{"topics": "', b"x" * 1024, 60, b'"}')


@hostile(LARGE, "needs more memory than there is")
def many_objects(path):
    """A thousand bytes of memory for each three bytes of the file."""
    return large(path, b'{"topics": [{}', b",{}" * 341, 60, b"]}")


@hostile(LARGE, "$.topics: has more than 250000 records: load a folder")
def many_rows(path):
    """A million records with nothing in them."""
    return large(path, b'{"topics": [{}', b",{}" * 341, 3, b"]}")


@hostile(LARGE, "more problems are not told")
def some_rows(path):
    """A hundred thousand records with nothing in them."""
    path.write_bytes(bundle(topics=[{}] * 100_000))
    return path


@hostile(LARGE, "$.topics[0]: has more than 1000 mistakes")
def many_fields(path):
    """A record with hundreds of thousands of fields that nobody knows."""
    fields = {f"f{number}": number for number in range(300_000)}
    path.write_bytes(bundle(topics=[TOPIC | fields]))
    return path


@hostile(LARGE, "more problems are not told")
def many_keys(path):
    """A million kinds of record that nobody knows."""
    keys = "".join(f', "k{number}": 0' for number in range(10**6))
    path.write_bytes(bundle()[:-1] + keys.encode() + b"}")
    return path


@hostile(LARGE, "$.topics[0]: has more than 1000 mistakes")
def many_wrong_items(path):
    """Hundreds of thousands of names that are none."""
    path.write_bytes(bundle(topics=[TOPIC | {"synonyms": [5] * 500_000}]))
    return path


@hostile(LARGE, "is taken by large.json $.topics[0]: ids are unique")
def many_doubles(path):
    """Twenty thousand records of one id."""
    path.write_bytes(bundle(topics=[TOPIC] * 20_000))
    return path


@hostile(LARGE, "there is no statement")
def many_lost_links(path):
    """A hundred thousand statements that are not there."""
    lost = [f"topics/u/x{number}" for number in range(100_000)]
    link = {"id": "m", "statements": lost}
    row = TOPIC | {"id": "m", "kind": "surgery", "broader_link": link}
    path.write_bytes(bundle(modalities=[row]))
    return path


@hostile(LARGE, "is missing: add it")
def many_broken_records(path):
    """Thousands of broken records, and links to what may be in them."""
    broken = [{"id": f"t{number}"} for number in range(3000)]
    ids = [f"topics/t{number % 3000}/x" for number in range(200_000)]
    link = {"id": "m", "statements": ids}
    row = TOPIC | {"id": "m", "kind": "surgery", "broader_link": link}
    path.write_bytes(bundle(modalities=[row], topics=broken))
    return path


@hostile(FOLDERS, "does not belong here; only <id>.json does")
def linked_circle(path):
    """A link that leads to itself."""
    folder(path)
    (path / "topics/u.json").symlink_to("u.json")
    return path


@hostile(FOLDERS, "topics/topics: $: does not belong here")
def linked_folder(path):
    """A folder that holds itself."""
    folder(path)
    (path / "topics/topics").symlink_to("..")
    return path


@hostile(FOLDERS, "does not belong here; only <id>.json does")
def pipe_as_record(path):
    """A record that would be waited for, for ever."""
    os.mkfifo(folder(path) / "topics/u.json")
    return path


@hostile(FOLDERS, "manifest.json: $: is no file")
def pipe_as_manifest(path):
    """A manifest that would be waited for, for ever."""
    (folder(path) / "manifest.json").unlink()
    os.mkfifo(path / "manifest.json")
    return path


@hostile(FOLDERS, "manifest.json: $: is no file")
def device_as_manifest(path):
    """A manifest that never ends."""
    (folder(path) / "manifest.json").unlink()
    (path / "manifest.json").symlink_to("/dev/zero")
    return path


@hostile(FOLDERS, "topics/u.json: $: cannot be read: Input/output error")
def unreadable(path):
    """A file that even root cannot read."""
    (folder(path) / "topics/u.json").symlink_to("/proc/self/mem")
    return path


@hostile(FOLDERS, "topics/a\\nb.json: $.id: ")
def name_with_a_line_break(path):
    """A name that would look like two lines of an error."""
    (folder(path) / "topics/a\nb.json").write_bytes(text(TOPIC))
    return path


@hostile(FOLDERS, "topics/\\x1b[2J.json: $.id: ")
def name_that_clears_the_screen(path):
    """A name that a terminal would obey."""
    (folder(path) / "topics/\x1b[2J.json").write_bytes(text(TOPIC))
    return path


@hostile(FOLDERS, "topics/\\udcff.json: $.id: ")
def name_that_is_no_text(path):
    """A name that is not UTF-8."""
    name = path / "topics" / os.fsdecode(b"\xff.json")
    folder(path)
    name.write_bytes(text(TOPIC))
    return path


@hostile(FOLDERS, "topics/u.json: $: is larger than 64 MiB")
def sparse_file(path):
    """A terabyte that takes no room on the disk."""
    with (folder(path) / "topics/u.json").open("wb") as file:
        file.truncate(2**40)
    return path


@hostile(FOLDERS, "there is no such file or folder")
def device(path):
    """A bundle that never ends."""
    path.symlink_to("/dev/zero")
    return path


@hostile(FOLDERS, "there is no such file or folder")
def pipe(path):
    """A bundle that would be waited for, for ever."""
    os.mkfifo(path)
    return path


@hostile(FOLDERS, "topics/u.json: $: not JSON: Expecting value")
def binary(path):
    """A file of nothing but zeros."""
    (folder(path) / "topics/u.json").write_bytes(bytes(1000))
    return path


LAID = {
    "takes a review away": (
        {"conditions": [{"id": "hiv", "text_review": 5}]},
        'would replace the text_review: allow it with "replaces": "hiv"',
    ),
    "changes a source": (
        {"sources": [SOURCE | {"id": "icliniq-salvage-therapy"}]},
        "is there already, and has to stay as it is",
    ),
    "makes history": (
        {
            "history": [
                {
                    "id": "x",
                    "subject": "conditions/hiv",
                    "fate": "withdrawn",
                    "since": "1.0.0",
                    "reason": "x",
                }
            ]
        },
        "an overlay makes no history",
    ),
    "renames silently": (
        {"conditions": [{"id": "hiv", "name": "Flu"}]},
        'would replace the name: allow it with "replaces": "hiv"',
    ),
    "another language": (
        {"manifest": MANIFEST | {"locale": "es"}},
        "should be 'en', as in what lies below",
    ),
    "replaces a list": (
        {"conditions": [{"id": "hiv", "replaces": [[]]}]},
        "should be 'hiv', not [[]]",
    ),
    "id is no text": ({"conditions": [{"id": ["hiv"]}]}, "should be text"),
    "statements of anything": (
        {"conditions": [{"id": "hiv", "statements": [None, 5, [], "x"]}]},
        "should be an object in curly brackets",
    ),
    "cautions of anything": (
        {
            "conditions": [
                {
                    "id": "hiv",
                    "statements": [
                        {
                            "id": "conditions/hiv/breast-milk",
                            "replaces": "conditions/hiv/breast-milk",
                            "cautions": None,
                        }
                    ],
                }
            ]
        },
        "should be a list in square brackets, not null",
    ),
    "marks itself as ours": (
        {"conditions": [{"id": "hiv", "origin": "base"}]},
        'would replace the origin: allow it with "replaces": "hiv"',
    ),
}
for _name, (_value, _expected) in LAID.items():

    @hostile(OVERLAYS, _expected, _name)
    def _lay(path, value=_value):
        """Something to lay over the content."""
        path.write_bytes(text(value))
        return path


INFO = {
    "locale": "fy",
    "name": "Frysk",
    "direction": "ltr",
    "translated_by": "N",
}
HELD = {
    "id": "hiv",
    "texts": {
        "conditions/hiv#name": {
            "source": "HIV",
            "text": "y",
            "status": "draft",
        }
    },
}
GIVEN = {
    "nothing": ({}, "is missing: a pack needs one"),
    "another language": (
        {"locale.json": INFO | {"locale": "nl"}},
        "is 'nl', but the folder is 'fy'",
    ),
    "claims a review": (
        {
            "locale.json": INFO,
            "conditions/hiv.json": {
                "id": "hiv",
                "texts": {
                    "conditions/hiv#name": {
                        "source": "HIV",
                        "text": "x",
                        "status": "reviewed",
                    }
                },
            },
        },
        "some texts are reviewed: say by whom",
    ),
    "another record": (
        {
            "locale.json": INFO,
            "conditions/copd.json": HELD,
        },
        "is 'hiv', but the file is named 'copd.json'",
    ),
    "texts of another record": (
        {
            "locale.json": INFO,
            "conditions/copd.json": HELD | {"id": "copd"},
        },
        "belongs to another record than conditions/copd",
    ),
    "html": (
        {
            "locale.json": INFO,
            "conditions/hiv.json": {
                "id": "hiv",
                "texts": {
                    "conditions/hiv#name": {
                        "source": "HIV",
                        "text": "<img src=x>",
                    }
                },
            },
        },
        "has HTML in it: write plain text",
    ),
    "no texts": (
        {
            "locale.json": INFO,
            "conditions/hiv.json": {"id": "hiv", "texts": [5]},
        },
        "should be an object in curly brackets",
    ),
}
for _name, (_value, _expected) in GIVEN.items():

    @hostile(PACKS, _expected, _name)
    def _pack(path, value=_value):
        """A pack of translations."""
        path.mkdir()
        for name, held in value.items():
            (path / name).parent.mkdir(exist_ok=True)
            (path / name).write_bytes(text(held))
        return path


@hostile(PACKS, "locale.json: $: is no file", "pipe")
def _piped(path):
    """A pack that would be waited for, for ever."""
    path.mkdir()
    os.mkfifo(path / "locale.json")
    return path


@hostile(PACKS, "conditions/hiv.json: $: is no file", "pipe inside")
def _piped_inside(path):
    """A pack with a file that would be waited for, for ever."""
    (path / "conditions").mkdir(parents=True)
    (path / "locale.json").write_bytes(text(INFO))
    os.mkfifo(path / "conditions/hiv.json")
    return path


@hostile(PACKS, "o such file or ", "no folder")
def _no_folder(path):
    """A path that leads nowhere."""
    return path


_KEY = 'msgctxt "conditions/hiv#name"\nmsgid "HIV"\n'
PO = {
    "another language": (
        'msgid ""\nmsgstr "Language: fr\\n"\n',
        "should be 'es'",
    ),
    "quote": (_KEY + 'msgstr "a"b"\n', "unescaped double quote"),
    "no key": ('msgid "HIV"\nmsgstr "VIH"\n', "has no msgctxt"),
    "unknown key": (
        'msgctxt "../x"\nmsgid "HIV"\nmsgstr "x"\n',
        "is the key of no text",
    ),
    "twice": ((_KEY + 'msgstr "VIH"\n') * 2, "is there already: keep one"),
    "plural": (
        _KEY + 'msgid_plural "x"\nmsgstr[0] "VIH"\n',
        "has plural forms",
    ),
    "html": (_KEY + 'msgstr "<b onclick=x>"\n', "has HTML in it"),
    "turned": (_KEY + 'msgstr "a\u202eb"\n', "turns the direction"),
    "line break": (_KEY + 'msgstr "a\\nb"\n', "control character"),
    "broken index": (
        _KEY + 'msgid_plural "x"\nmsgstr[x] "VIH"\n',
        "Syntax error in po file",
    ),
    "zeros": ("\0" * 1000, "Syntax error in po file"),
    "path": ("/etc/passwd", "Syntax error in po file"),
    "charset": (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=zip\\n"\n'
        '"Language: es\\n"\n' + _KEY + 'msgstr "<b>"\n',
        "has HTML in it",
    ),
    "cut off": (
        'msgid ""\nmsgstr "Language: es\\n"\n\n' + _KEY + 'msgstr "VI',
        "line 6 has a text without quotes around it",
    ),
    "bare": (_KEY + "msgstr VIH", "line 3 has a text without quotes"),
    "escaped": (_KEY + 'msgstr "VIH\\"', "line 3 has a text without quotes"),
    "long": (_KEY + 'msgstr "' + "x" * 10**6, "line 3 has a text without"),
    "many": ((_KEY + 'msgstr ""\n') * 50_000, "is there already"),
}
REFS = {
    "empty": (b"", "not JSON"),
    "object": (b"{}", "should be a JSON list of references"),
    "numbers": (b"[5]", "should be a JSON list of references"),
    "nan": (b"[NaN]", "NaN is not a number in JSON"),
    "deep": (b"[" * 100_000, "nested too deeply"),
    "surrogate": (b'["\\ud800"]', "surrogates not allowed"),
    "utf-16": ('["conditions/hiv"]'.encode("utf-16"), "not UTF-8"),
    "screen": (b'["\\u001b[2J"]', "\\x1b[2J"),
    "way out": (b'["../../etc/passwd"]', "../../etc/passwd"),
    "long": (b'["' + b"x" * 10**6 + b'"]', "0 of 1 are current"),
    "many": (text(["conditions/hivv"] * 2000), "0 of 2000 are current"),
}
RECALLS = {
    "list": (b"[]", 'should be {"recalls": [...]}'),
    "rows": (b'{"recalls": [[]]}', "a recall has ref, since, harm and former"),
    "former": (
        text(
            {
                "recalls": [
                    {"ref": "x", "since": "x", "harm": "x", "former": [5]}
                ]
            }
        ),
        "a recall has ref, since, harm and former",
    ),
    "twice": (
        b'{"recalls": [{"ref": "conditions/hiv"}], "recalls": []}',
        "has a key twice: recalls",
    ),
    "screen": (
        text(
            {
                "recalls": [
                    {"ref": "conditions/hiv", "since": "1", "harm": "\x1b[2J"}
                ]
            }
        ),
        "\\x1b[2J",
    ),
}

#: Those that are read and answered: no reference in them is known.
ANSWERED = {"screen", "way out", "long", "many"}

# How it is tried -----------------------------------------------------------


def _ends(told):
    """Give the beginning and the end of a long text."""
    return told if len(told) < 10**5 else f"{told[:50_000]}{told[-50_000:]}"


def _cli(*arguments):
    """Run the command line, and give what it ends with."""
    from click.testing import CliRunner

    from salvage_kb.cli import cli

    done = CliRunner().invoke(cli, [*map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, _ends(done.output)


def _load(path):
    from salvage_kb import KnowledgeBase

    loaded = KnowledgeBase.load(path)
    return [loaded.localized(tag).locale for tag in loaded.locales]


def _overlay(path):
    """Lay something over the content, and see that nothing is lost."""
    from salvage_kb import kb

    laid = kb.overlay(path)
    for statement in kb.statements:
        found = laid.statements[statement.id]
        if found != statement or found.origin != "base":
            return f"{statement.id} was changed"
    return {it.origin for it in laid.conditions} == {"base"}


def _with_locale(path):
    from salvage_kb import kb

    return kb.with_locale("fy", path).locales


def _import_po(path):
    """Take a PO file into the Spanish translations."""
    from salvage_kb import kb
    from salvage_kb.l10n import import_po
    from salvage_kb.packs import pack_of

    data = Path(path).read_text(encoding="utf-8")
    pack = pack_of(kb.content, "es")
    return import_po(kb.content, pack, data, "a.po") == pack


def _verify(path):
    from salvage_kb import KnowledgeBase

    return [str(it) for it in KnowledgeBase.load(path).verify()]


def _reviewed(day):
    from salvage_kb import kb

    return len(kb.reviewed(on=date.fromisoformat(day)).conditions)


CALLS = {
    "cli": _cli,
    "load": _load,
    "overlay": _overlay,
    "with_locale": _with_locale,
    "import_po": _import_po,
    "verify": _verify,
    "reviewed": _reviewed,
}


def outcome(name, *arguments):
    """Give what a call came to: its answer, or its error in two parts."""
    from salvage_kb import SalvageKBError

    try:
        return CALLS[name](*arguments)
    except SalvageKBError as error:
        str(error).encode()
        return [type(error).__name__, _ends(str(error))]
    except Exception as error:  # noqa: BLE001  # it is told to the test
        return ["!", repr(error)[:2000]]


def main():
    """Try each call within its limits, and print what it came to."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for name, *arguments in json.load(sys.stdin):
        # Who computes longer is ended, and who only waits is too.
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(BUSY * SECONDS)
        found = outcome(name, *arguments)
        signal.alarm(0)
        sys.stdout.write(json.dumps(found, default=list) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
