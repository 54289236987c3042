#!/usr/bin/env python3
"""Whether a twin answers as the vCenter that it was taken from.

A simulator gets an inventory; `vmoon snapshot` writes it down; a second simulator gets that file. Every read of vmoon's
operations over every object is then asked of both, in both dialects, and the answers are compared here: nothing of
this is vmoon's code. A snapshot of the second one must be the same file. A masked snapshot must not have any name of
the inventory in it, in any spelling, and the same graph.
"""

import argparse
import base64
import concurrent.futures
import json
import multiprocessing
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote, urlparse

USER, PASSWORD = "operator@vsphere.local", "over-the-moon"


class Simulator:
    """A simulator, which ends when its standard input does."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, "--with-parent", *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Lane:
    """One log-in and one connection, on which many requests are under way: answers come in the order of the requests."""

    def __init__(self, ready):
        url = urlparse(ready["url"])
        self.host = url.netloc
        self.socket = socket.create_connection((url.hostname, url.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kept = b""
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.header = "Authorization: Basic " + basic
        self.send([("POST", "/api/session", None)])
        status, body = self.answer()
        assert status == 201, (status, body)
        self.header = "vmware-api-session-id: " + json.loads(body)

    def send(self, requests):
        text = []
        for method, path, body in requests:
            data = "" if body is None else json.dumps(body)
            length = f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n" if data else ""
            text.append(f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n{self.header}\r\n{length}\r\n{data}")
        self.socket.sendall("".join(text).encode())

    def answer(self):
        """The next answer: its status and its body."""
        while (end := self.kept.find(b"\r\n\r\n")) < 0:
            self.more()
        head = self.kept[:end].lower()
        assert b"transfer-encoding" not in head, head
        length = int(head.partition(b"content-length:")[2].partition(b"\r")[0] or 0)
        begin = end + 4
        while len(self.kept) < begin + length:
            self.more()
        body, self.kept = self.kept[begin:begin + length], self.kept[begin + length:]
        return int(head[9:12]), body

    def more(self):
        found = self.socket.recv(1 << 18)
        assert found, "the simulator has closed the connection"
        self.kept += found


def normal(value):
    """A value in a form in which two that say the same are equal: maps of /rest have no order."""
    if isinstance(value, dict):
        return {name: normal(found) for name, found in value.items()}
    if isinstance(value, list):
        found = [normal(one) for one in value]
        if found and all(isinstance(one, dict) and set(one) == {"key", "value"} for one in found):
            return sorted(found, key=lambda one: one["key"])
        return found
    return value


def told(status, body):
    """What an answer says: of an error its kind, since messages of the simulators differ."""
    value = json.loads(body) if body else None
    if status >= 400:
        error = value.get("value", value)
        return status, value.get("type"), error.get("error_type")
    return status, normal(value)


LISTS = {
    "folder": ["folders", "parent_folders", "datacenters"],
    "resource-pool": ["resource_pools", "parent_resource_pools", "datacenters", "hosts", "clusters"],
    "cluster": ["clusters", "folders", "datacenters"],
    "host": ["hosts", "folders", "datacenters", "clusters"],
    "datastore": ["datastores", "folders", "datacenters"],
    "datacenter": ["datacenters", "folders"],
    "network": ["networks", "folders", "datacenters"],
    "vm": ["folders", "datacenters", "hosts", "clusters", "resource_pools"],
}
# The kind of the containers that a filter names.
KINDS = {"folders": "folder", "parent_folders": "folder", "datacenters": "datacenter", "hosts": "host",
         "clusters": "cluster", "resource_pools": "resource_pool", "parent_resource_pools": "resource_pool",
         "datastores": "datastore", "networks": "network"}


class Walk:
    """All reads, as (name, method, path, body) in one dialect, by what the inventory has."""

    def __init__(self, inventory, dialect):
        self.inventory, self.rest = inventory, dialect == "rest"
        self.root = "/" + dialect

    def older(self, path, identifier=None, action=None):
        """A path of the services that are older than the others on /rest."""
        text = self.root + ("/com/vmware/" if self.rest else "/") + path
        if identifier is not None:
            text += ("/id:" if self.rest else "/") + quote(identifier, safe="")
        if action:
            text += ("?~action=" if self.rest else "?action=") + action
        return text

    def query(self, path, **values):
        prefix = "filter." if self.rest else ""
        pairs = [f"{prefix}{name}={quote(str(one), safe='')}" for name, one in values.items()]
        return self.root + path + ("?" + "&".join(pairs) if pairs else "")

    def spec(self, body):
        return {"spec": body} if self.rest else body

    def reads(self):
        yield from self.whole()
        yield from self.places()
        yield from self.libraries()
        yield from self.machines()
        yield from self.tags()

    def whole(self):
        yield "release", "GET", self.root + "/appliance/system/version", None
        yield "policies", "GET", self.root + "/vcenter/storage/policies", None
        yield "tasks", "GET", self.root + "/cis/tasks", None
        for task in self.inventory.get("tasks", []):
            yield "task", "GET", self.root + "/cis/tasks/" + quote(task["task"], safe=""), None
        yield "specs", "GET", self.root + "/vcenter/guest/customization-specs", None

    def places(self):
        found = {}
        for place in self.inventory["placements"]:
            found.setdefault(place["kind"], []).append(place)
        for kind, filters in LISTS.items():
            yield kind, "GET", self.query("/vcenter/" + kind), None
            for name in filters:
                for place in found.get(KINDS[name], []):
                    yield f"{kind} by {name}", "GET", self.query("/vcenter/" + kind, **{name: place["id"]}), None
        for place in self.inventory["placements"]:
            kind = place["kind"].replace("_", "-")
            if kind in LISTS:
                yield kind + " by name", "GET", self.query("/vcenter/" + kind, names=place["name"]), None
            if kind == "customization-spec":
                path = "/vcenter/guest/customization-specs/" + quote(place["id"], safe="")
                yield "spec", "GET", self.root + path, None
        for kind in ["DATACENTER", "DATASTORE", "HOST", "NETWORK", "VIRTUAL_MACHINE"]:
            yield "folder by type", "GET", self.query("/vcenter/folder", type=kind), None
        for state in ["CONNECTED", "NOT_RESPONDING"]:
            yield "host by state", "GET", self.query("/vcenter/host", connection_states=state), None

    def libraries(self):
        library, item = "content/library", "content/library/item"
        yield "libraries", "GET", self.older(library), None
        yield "local libraries", "GET", self.older("content/local-library"), None
        for one in self.inventory["libraries"]:
            yield "library", "GET", self.older(library, one["id"]), None
            yield "local library", "GET", self.older("content/local-library", one["id"]), None
            yield "find library", "POST", self.older(library, action="find"), self.spec({"name": one["name"]})
            yield "items", "GET", self.older(item) + "?library_id=" + quote(one["id"], safe=""), None
            yield "subscriptions", "GET", self.older(library, one["id"]) + "/subscriptions", None
            yield "find items", "POST", self.older(item, action="find"), self.spec({"library_id": one["id"]})
            for cached in [True, False]:
                body = self.spec({"library_id": one["id"], "cached": cached})
                yield "find cached", "POST", self.older(item, action="find"), body
            for entry in one["items"]:
                yield from self.item(entry)

    def item(self, entry):
        item = "content/library/item"
        yield "item", "GET", self.older(item, entry["id"]), None
        yield "find item", "POST", self.older(item, action="find"), self.spec({"name": entry["name"]})
        history = f"{self.root}/{item}/{quote(entry['id'], safe='')}/changes"
        yield "changes", "GET", history, None
        for change in entry.get("changes", []):
            yield "change", "GET", history + "/" + quote(change["version"], safe=""), None
        template = f"{self.root}/vcenter/vm-template/library-items/{quote(entry['id'], safe='')}"
        yield "template", "GET", template, None
        yield "versions", "GET", template + "/versions", None
        for version in entry.get("versions", []) + [{"version": "999"}]:
            yield "version", "GET", template + "/versions/" + quote(version["version"], safe=""), None
        yield "check-outs", "GET", template + "/check-outs", None
        for checkout in entry.get("check_outs", []) + [{"vm": "vm-0"}]:
            yield "check-out", "GET", template + "/check-outs/" + quote(checkout["vm"], safe=""), None
        yield from self.tagged("com.vmware.content.library.Item", entry["id"])

    def machines(self):
        for state in ["POWERED_ON", "POWERED_OFF", "SUSPENDED"]:
            yield "machines by state", "GET", self.query("/vcenter/vm", power_states=state), None
        for machine in self.inventory["machines"]:
            one = f"{self.root}/vcenter/vm/{quote(machine['vm'], safe='')}"
            for part in ["", "/power", "/library-item", "/tools", "/guest/identity", "/hardware/cpu",
                         "/hardware/memory"]:
                yield "machine" + part, "GET", one + part, None
            yield "machine by name", "GET", self.query("/vcenter/vm", names=machine["name"]), None
            yield from self.tagged("VirtualMachine", machine["vm"])

    def tags(self):
        yield "categories", "GET", self.older("cis/tagging/category"), None
        yield "all tags", "GET", self.older("cis/tagging/tag"), None
        for one in self.inventory["tag_categories"]:
            yield "category", "GET", self.older("cis/tagging/category", one["id"]), None
            path = self.older("cis/tagging/tag", one["id"], "list-tags-for-category")
            yield "tags of category", "POST", path, None
        for one in self.inventory["tags"]:
            yield "tag", "GET", self.older("cis/tagging/tag", one["id"]), None
            path = self.older("cis/tagging/tag-association", action="list-attached-objects-on-tags")
            yield "objects of tag", "POST", path, {"tag_ids": [one["id"]]}

    def tagged(self, kind, identifier):
        path = self.older("cis/tagging/tag-association", action="list-attached-tags")
        yield "tags of object", "POST", path, {"object_id": {"type": kind, "id": identifier}}


def compare(first, second, inventory, dialects, report):
    """Asks every read of both, in several processes; one that is the same for many objects is asked once."""
    workers = os.cpu_count() or 1
    for dialect in dialects:
        reads = {(method, path, json.dumps(body)): (name, method, path, body)
                 for name, method, path, body in Walk(inventory, dialect).reads()}
        report["names"] |= {read[0] for read in reads.values()}
        # The processes have it from here: what is handed over would be copied for each.
        Share.ready, Share.reads = (first.ready, second.ready), list(reads.values())
        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(workers, context) as pool:
            for count, errors, different in pool.map(Share.ask, range(workers), [workers] * workers):
                report["reads"] += count
                report["errors"] += errors
                report["different"] += different


class Share:
    """The reads that one process asks, so many at a time of both simulators."""
    ready, reads, batch = None, [], 32

    @staticmethod
    def ask(number, workers):
        lanes = [Lane(ready) for ready in Share.ready]
        mine, errors, different = Share.reads[number::workers], 0, []
        for begin in range(0, len(mine), Share.batch):
            part = mine[begin:begin + Share.batch]
            for lane in lanes:
                lane.send([read[1:] for read in part])
            for name, method, path, _ in part:
                one, two = [lane.answer() for lane in lanes]
                errors += one[0] >= 400
                if one != two and told(*one) != told(*two):
                    different.append((name, method, path, one, two))
        return len(mine), errors, different


def snapshot(vmoon, simulator, path, *options, folder):
    """Runs vmoon snapshot; gives seconds, those that it has worked, the most memory in MiB, and what it said."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VMOON", "GOVC"))}
    environment |= {"VMOON_VCENTER": simulator.ready["url"], "VMOON_USER": USER, "VMOON_PASSWORD": PASSWORD,
                    "VMOON_STATE_DIR": os.path.join(folder, "state")}
    if simulator.ready["ca_file"]:
        environment["VMOON_CA_FILE"] = simulator.ready["ca_file"]
    began = time.monotonic()
    process = subprocess.Popen([vmoon, "snapshot", path, *options], env=environment, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (process.returncode, said)
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said


def names(value, found):
    """Every text of an inventory that somebody has given: names, users, messages, descriptions, addresses."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name in GIVEN:
                found.add(inner)
            names(inner, found)
    elif isinstance(value, list):
        for inner in value:
            names(inner, found)


GIVEN = {"name", "user", "message", "short_message", "description", "host_name", "ip_address", "mac_address",
         "publish_url", "network_name", "vmdk_file", "iso_file", "bios_uuid", "instance_uuid", "server_guid",
         "subscribed_library_vcenter_hostname", "subscribed_library_name", "user_name", "distributed_switch_uuid"}
# Words of the API that are names too.
WORDS = re.compile(r"[A-Z0-9_]+|[a-z]{1,4}|linux|windows|[0-9.-]+|template|network|datastore|host|folder|VMware vCenter Server")


def spellings(text):
    yield from {text, text.upper(), text.lower(), json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1],
                quote(text), quote(text, safe="")}


def texts(value):
    """All texts, without the names of members that are the API's."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not re.fullmatch("[A-Za-z_]+", name):
                yield name
            if name != "kind":
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def occurring(words, text):
    """The words that are somewhere in a text: the ends of all of them are looked up at each place of it, in one pass
    for each length of an end."""
    ends = {}
    for word in words:
        ends.setdefault(min(len(word), 8), {}).setdefault(word[-8:], []).append(word)
    found = set()
    for length, ending in ends.items():
        places = range(len(text) - length + 1)
        there = set(ending).intersection(text[place:place + length] for place in places)
        found.update(word for end in there for word in ending[end] if word in text)
    return found


def leaks(inventory, masked):
    found = set()
    names(inventory, found)
    # A name that is one word may be a part of a word of the API, such as listDatacenters.
    single, others = {}, {}
    for text in found:
        if len(text) < 3 or WORDS.fullmatch(text):
            continue
        for spelling in spellings(text):
            (single if re.fullmatch("[A-Za-z]+", text) else others).setdefault(spelling, text)
    told = "\n".join(texts(json.loads(masked)))
    leaked = {single[word] for word in occurring(single, told)} | {others[word] for word in occurring(others, masked)}
    return len(found), sorted(leaked)


def graph(inventory):
    """The shape of an inventory: how many of what, and which objects lead to which, by their places."""
    place = {}
    for kind in ["libraries", "placements", "machines", "tag_categories", "tags"]:
        for index, one in enumerate(inventory[kind]):
            place[one.get("vm") or one["id"]] = (kind, index)
            for number, item in enumerate(one.get("items", [])):
                place[item["id"]] = ("items", index, number)
    def at(identifier):
        return place.get(identifier, identifier and "elsewhere")
    return {
        "libraries": [(at(one.get("source")), one.get("type"), len(one["items"])) for one in inventory["libraries"]],
        "items": [(at(item.get("source")), item["type"],
                   [(v["version"], at(v["vm_template"])) for v in item.get("versions", [])],
                   [(at(c["vm"]), c["time"]) for c in item.get("check_outs", [])],
                   [(c["version"], c["time"]) for c in item.get("changes", [])])
                  for one in inventory["libraries"] for item in one["items"]],
        "machines": [[at(one.get(kind)) for kind in ["library_item", "folder", "host", "cluster", "resource_pool",
                                                    "datastore"]] + [at(nic["network"]) for nic in one.get("nics", [])
                                                                     if nic.get("network")]
                     for one in inventory["machines"]],
        "placements": [(one["kind"], sorted((kind, at(parent)) for kind, parent in one.get("parents", {}).items()))
                       for one in inventory["placements"]],
        "tags": [(at(one["category"]), [at(found["id"]) for found in one["objects"]]) for one in inventory["tags"]],
    }


def sorted_lists(inventory):
    """An inventory with the lists that may have been read in parts in the order of their identifiers, as such are."""
    return inventory | {kind: sorted(inventory[kind], key=lambda one: one.get("vm") or one["id"])
                        for kind in ["machines", "placements"]}


def equal_names(inventory):
    """Which things are called the same, as numbers: the pattern of equal names."""
    numbers = {}
    return [numbers.setdefault(one["name"], len(numbers))
            for kind in ["libraries", "placements", "machines", "tags"] for one in inventory[kind]]


def made(seed, items, machines):
    """An inventory of a size, with everything in it that a vCenter has."""
    dice = random.Random(seed)
    places = [{"kind": "folder", "id": "group-d1", "name": "Datacenters", "type": "DATACENTER"}]
    folders, hosts, pools, networks, stores = [], [], [], [], []
    def add(kind, identifier, name, **more):
        places.append({"kind": kind, "id": identifier, "name": name, **more})
        return identifier
    for dc in range(2):
        centre = add("datacenter", f"datacenter-{dc + 2}", f"Site {dc}", parents={"folder": "group-d1"})
        here = {"datacenter": centre}
        top = add("folder", f"group-v{dc}0", "vm", type="VIRTUAL_MACHINE", parents=here)
        racks = add("folder", f"group-h{dc}0", "host", type="HOST", parents=here)
        count = max(2, machines // 400)
        for number in range(count):
            parent = top if number < 3 else dice.choice(folders[-3:])[0]
            folders.append((add("folder", f"group-v{dc}{number:04}1", dice.choice(["web", "data", f"team {number}"]),
                                type="VIRTUAL_MACHINE", parents={**here, "folder": parent}), dc))
        for number in range(2):
            cluster = add("cluster", f"domain-c{dc}{number}", f"cluster {number}", parents={**here, "folder": racks})
            inside = {**here, "cluster": cluster}
            root = add("resource_pool", f"resgroup-{dc}{number}0", "Resources", parents=inside)
            pools.append((root, cluster, dc))
            for pool in range(2):
                pools.append((add("resource_pool", f"resgroup-{dc}{number}{pool + 1}", dice.choice(["prod", "test"]),
                                  parents={**inside, "resource_pool": root}), cluster, dc))
            for host in range(max(2, machines // 1000)):
                hosts.append((add("host", f"host-{dc}{number}{host:03}", f"esx-{dc}-{number}-{host}.corp.test",
                                  parents=inside), cluster, dc))
        for number in range(3):
            stores.append((add("datastore", f"datastore-{dc}{number}", f"store {dc}-{number}", type="VMFS",
                               parents=here, free_space=10 ** 12 + number, capacity=10 ** 13), dc))
            networks.append((add("network", f"network-{dc}{number}", f"net {dc}-{number}", type="STANDARD_PORTGROUP",
                                 parents=here), dc))
    add("storage_policy", "11111111-2222-4333-8444-555555555555", "gold policy")
    add("customization_spec", "linux-spec", "linux-spec", type="LINUX")
    libraries, vms = [], []
    for number in range(max(3, items // 500)):
        libraries.append({"id": f"aaaaaaaa-0000-4000-8000-{number:012}", "name": f"library {number // 2}",
                          "creation_time": "2024-01-01T00:00:00.000Z", "published": number % 3 == 0, "items": []})
    for number in range(items):
        library = dice.choice(libraries)
        name = dice.choice([f"item {number}", "ubuntu-22.04", f"größe {number}", f"a/b {number}", "n" * 300])
        item = {"id": f"bbbbbbbb-0000-4000-8000-{number:012}", "name": name, "description": f"what {number} is",
                "creation_time": "2024-02-01T00:00:00.000Z", "last_modified_time": "2024-03-01T00:00:00.123Z"}
        if number % 10 == 0:
            item["type"] = "ovf"
        else:
            live = dice.choice([["1"], ["4", "5"]])
            item["versions"] = [{"version": one, "vm_template": f"vm-{100000 + number * 2 + at}"}
                                for at, one in enumerate(live)]
            item["changes"] = [{"version": one, "time": f"2024-02-0{one}T10:11:12.345Z", "user": f"CORP\\user{number % 7}",
                                "message": dice.choice([f"patch {number}", f"first line {number}\nsecond", "m" * 120])}
                               for one in map(str, range(1, int(live[-1]) + 1)) if len(live) == 1 or int(one) > 3]
            hardware = {"cpu_count": dice.choice([2, 4]), "memory_size_MiB": dice.choice([4096, 8192]),
                        "datastore": dice.choice(stores)[0], "guest_OS": dice.choice(["UBUNTU_64", "RHEL_9_64"])}
            # A vCenter tells the hardware of the latest version only.
            for one in item["versions"]:
                vms.append({"vm": one["vm_template"], "name": name, "template": True, **hardware})
        library["items"].append(item)
    templates = [item for library in libraries for item in library["items"] if "versions" in item]
    for number in range(machines):
        pool, cluster, dc = dice.choice(pools)
        machine = {"vm": f"vm-{number + 1}", "name": dice.choice([f"machine {number}", "web", f"ümlaut {number}"]),
                   "power_state": dice.choice(["POWERED_ON", "POWERED_ON", "POWERED_OFF", "SUSPENDED"]),
                   "cpu_count": dice.choice([1, 2, 8]), "memory_size_MiB": dice.choice([1024, 65536]),
                   "folder": dice.choice([one[0] for one in folders if one[1] == dc]), "resource_pool": pool,
                   "cluster": cluster, "host": dice.choice([one[0] for one in hosts if one[1] == cluster]),
                   "datastore": dice.choice([one[0] for one in stores if one[1] == dc]),
                   "nics": [{"id": "4000", "network": dice.choice([one[0] for one in networks if one[1] == dc])}]}
        if number % 50 == 0 and number // 50 < len(templates):
            item = templates[number // 50]
            machine |= {"library_item": item["id"], "power_state": "POWERED_OFF"}
            item["check_outs"] = [{"vm": machine["vm"], "time": "2024-05-05T05:05:05.005Z", "user": "CORP\\patcher"}]
        vms.append(machine)
    category = "urn:vmomi:InventoryServiceCategory:cccccccc-0000-4000-8000-000000000000:GLOBAL"
    tags = [{"id": f"urn:vmomi:InventoryServiceTag:dddddddd-0000-4000-8000-{number:012}:GLOBAL", "name": f"tag {number}",
             "category": category, "objects": [f"vm-{one + 1}" for one in range(number, machines, 37)]
             + [item["id"] for item in templates[number::41]]} for number in range(25)]
    return {"placements": places, "libraries": libraries, "machines": vms,
            "tag_categories": [{"id": category, "name": "stage"}], "tags": tags}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vmoon", required=True)
    parser.add_argument("--sim", required=True)
    parser.add_argument("--inventory", help="a file instead of one that is made up")
    parser.add_argument("--vcenter", help="which one in the file")
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--machines", type=int, default=120)
    parser.add_argument("--latency", default="0ms")
    parser.add_argument("--seconds", type=float, default=1e9, help="how long a snapshot may take")
    parser.add_argument("--megabytes", type=float, default=1e9, help="how much memory it may take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialects", default="api,rest")
    parser.add_argument("--option", action="append", default=[], help="of vmoon snapshot")
    parser.add_argument("--without-reads", action="store_true")
    parser.add_argument("--full", action="store_true", help="5,000 items and 10,000 machines, 50 ms away, in a minute")
    options = parser.parse_args()
    if options.full:
        options.items, options.machines, options.latency, options.seconds = 5000, 10000, "50ms", 60
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)
        source = options.inventory
        if source is None:
            source = at("source.json")
            with open(source, "w") as file:
                json.dump(made(options.seed, options.items, options.machines), file)
        begin = ["--inventory", source] + (["--vcenter", options.vcenter] if options.vcenter else [])
        report = {"reads": 0, "errors": 0, "names": set(), "different": [], "took": 0}
        with Simulator(options.sim, *begin, "--latency", options.latency) as slow:
            took, worked, memory, said = snapshot(options.vmoon, slow, at("first.json"), *options.option, folder=folder)
        with open(at("first.json")) as file:
            inventory = json.load(file)
        failed = []
        quick = ["--http", "--inventory"]
        with Simulator(options.sim, "--http", *begin) as first, Simulator(options.sim, *quick, at("first.json")) as second:
            snapshot(options.vmoon, second, at("second.json"), folder=folder)
            if open(at("first.json"), "rb").read() != open(at("second.json"), "rb").read():
                failed.append("a snapshot of the twin is another file")
                subprocess.run(f"diff {at('first.json')} {at('second.json')} | cut -c1-400 | head -6", shell=True)
            if not options.without_reads:
                began = time.monotonic()
                compare(first, second, inventory, options.dialects.split(","), report)
                report["took"] = time.monotonic() - began
            snapshot(options.vmoon, first, at("masked.json"), "--mask", folder=folder)
        with open(at("masked.json")) as file:
            text = file.read()
        masked = json.loads(text)
        count, leaked = leaks(inventory, text)
        if leaked:
            failed.append(f"{len(leaked)} names are in the masked file, such as {leaked[:5]}")
        if graph(masked) != graph(inventory):
            failed.append("the masked graph is another one")
            for part, found in graph(inventory).items():
                for one, two in zip(found, graph(masked)[part]):
                    if one != two:
                        print(part, one, two, sep="\n  ")
                        break
        if equal_names(masked) != equal_names(inventory):
            failed.append("equal names are not equal any more")
        with Simulator(options.sim, "--inventory", at("masked.json")) as third:
            snapshot(options.vmoon, third, at("again.json"), folder=folder)
        with open(at("again.json")) as file:
            if sorted_lists(json.load(file)) != sorted_lists(masked):
                failed.append("the masked twin is not what its file says")
        for name, method, path, one, two in report["different"][:10]:
            print(f"{name}: {method} {path}\n  {str(one)[:900]}\n  {str(two)[:900]}")
        if report["different"]:
            failed.append(f"{len(report['different'])} answers differ")
        if took > options.seconds:
            failed.append("it took too long")
        if memory > options.megabytes:
            failed.append("it took too much memory")
        size = os.path.getsize(at("first.json")) / 1e6
        print(f"{said.strip().splitlines()[-1].split(': ', 2)[-1]}\n{took:.1f} s ({worked:.1f} of the processor), {memory:.0f} MiB, file {size:.1f} MB; "
              f"{report['reads']} reads of {len(report['names'])} kinds compared in {report['took']:.1f} s, "
              f"{report['errors']} of them errors, {len(report['different'])} different; "
              f"{count} names masked, {len(leaked)} left")
        for line in failed:
            print("FAILED:", line)
        sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
