"""Writes the list of parts (SPDX 2.3, JSON) of both programs.

parts.py VERSION VMOON VMOON-SIM <TABLE: the table is that of `scripts/notices --table`. The time is SOURCE_DATE_EPOCH.
"""

import datetime
import hashlib
import json
import os
import re
import sys

version, *programs = sys.argv[1:]
rows = [line.rstrip("\n").split("\t") for line in sys.stdin]
time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def digest(kind, path):
    with open(path, "rb") as file:
        return hashlib.new(kind, file.read()).hexdigest()


def reference(name, version, origin):
    """The address by which tools know a part, where there is one."""
    debian = {"Lua": "lua5.4", "SQLite": "sqlite3", "RapidJSON": "rapidjson", "libstdc++": "gcc-12", "GNU": "glibc"}
    for word, source in debian.items():
        if name.startswith(word):
            return f"pkg:deb/debian/{source}@{version.replace('+', '%2B')}?arch=source"
    if origin.startswith("https://github.com/apple/"):
        return f"pkg:github/{origin.removeprefix('https://github.com/')}@{version}"
    return None


def package(name, version, licence, origin):
    made = {
        "SPDXID": identifier(name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": origin or "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }
    found = reference(name, version, origin or "")
    if found:
        made["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": found}
        ]
    return made


def relate(one, kind, other):
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


whole = package("vmoon", version, "Apache-2.0", None)
whole["primaryPackagePurpose"] = "APPLICATION"
whole["filesAnalyzed"] = True
whole["licenseInfoFromFiles"] = ["NOASSERTION"]
whole["packageVerificationCode"] = {
    "packageVerificationCodeValue": hashlib.sha1("".join(sorted(digest("sha1", path) for path in programs)).encode()).hexdigest()
}
packages, files = [whole], []
relations = [relate("SPDXRef-DOCUMENT", "DESCRIBES", whole["SPDXID"])]
for path in programs:
    name = os.path.basename(path)
    file = {
        "SPDXID": identifier("program " + name),
        "fileName": "./bin/" + name,
        "fileTypes": ["BINARY"],
        "checksums": [
            {"algorithm": kind.upper(), "checksumValue": digest(kind, path)} for kind in ("sha1", "sha256")
        ],
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }
    files.append(file)
    relations.append(relate(whole["SPDXID"], "CONTAINS", file["SPDXID"]))
for name, version_of_part, licence, origin, users in rows:
    packages.append(package(name, version_of_part, licence, origin))
    for user in users.split():
        relations.append(relate(identifier("program " + user), "STATIC_LINK", identifier(name)))
# What the programs find on the machine.
for name, licence, origin, kind, users in (
    ("glibc", "LGPL-2.1-or-later", "https://www.gnu.org/software/libc", "DYNAMIC_LINK", ("vmoon", "vmoon-sim")),
    ("libcurl", "curl", "https://curl.se", "DYNAMIC_LINK", ("vmoon",)),
    ("openssl", "Apache-2.0", "https://www.openssl.org", "DEPENDS_ON", ("vmoon-sim",)),
):
    found = package(name, "", licence, origin)
    del found["versionInfo"]
    packages.append(found)
    relations += [relate(identifier("program " + user), kind, found["SPDXID"]) for user in users]

sums = "".join(file["checksums"][1]["checksumValue"] for file in files)
document = {
    "spdxVersion": "SPDX-2.3",
    "dataLicense": "CC0-1.0",
    "SPDXID": "SPDXRef-DOCUMENT",
    "name": f"vmoon-{version}",
    "documentNamespace": f"https://spdx.org/spdxdocs/vmoon-{version}-{hashlib.sha256(sums.encode()).hexdigest()}",
    "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: vmoon-scripts-package"]},
    "packages": packages,
    "files": files,
    "relationships": relations,
}
json.dump(document, sys.stdout, indent=2)
print()
