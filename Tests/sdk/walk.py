"""VMware's own Python SDK against a vCenter: the life of a template, from log-in to log-out.

Each step asserts what it got, so the program ends with an error where the server is not as the SDK
expects it. `jsonrpc` is the SDK as it is. `rest` is its other connector with the URL table put right:
as published it fits neither dialect (no actions, no `com/vmware`, no `id:`).
"""

import argparse
import sys

import requests
from com.vmware.cis_client import Session
from com.vmware.content.library_client import Item
from com.vmware.content_client import Library
from com.vmware.vapi.std.errors_client import (
    InvalidArgument, NotAllowedInCurrentState, NotFound, Unauthenticated)
from com.vmware.vcenter.vm_template.library_items_client import CheckOuts, Versions
from com.vmware.vcenter.vm_template_client import LibraryItems
from com.vmware.vcenter_client import VM
from vmware.vapi.bindings.stub import StubConfiguration
from vmware.vapi.lib.connect import get_requests_connector
from vmware.vapi.security.session import create_session_security_context
from vmware.vapi.security.user_password import create_user_password_security_context
from vmware.vapi.vsphere.client import create_vsphere_client

# What the REST connector should send: (service, operation) -> (method, URL template).
TEMPLATES = "/vcenter/vm-template/library-items/{item}"
CONTENT = "/com/vmware/content/library"
SESSION = "/com/vmware/cis/session"
CORRECTED = {
    (Session, "create"): ("POST", SESSION),
    (Session, "get"): ("POST", SESSION + "?~action=get"),
    (Session, "delete"): ("DELETE", SESSION),
    (Library, "list"): ("GET", CONTENT),
    (Library, "get"): ("GET", CONTENT + "/id:{libraryId}"),
    (Library, "find"): ("POST", CONTENT + "?~action=find"),
    (Item, "get"): ("GET", CONTENT + "/item/id:{libraryItemId}"),
    (Item, "find"): ("POST", CONTENT + "/item?~action=find"),
    (LibraryItems, "deploy"): ("POST", TEMPLATES + "?action=deploy"),
    (CheckOuts, "check_out"): ("POST", TEMPLATES + "/check-outs?action=check-out"),
    (CheckOuts, "check_in"): ("POST", TEMPLATES + "/check-outs/{vm}?action=check-in"),
    (Versions, "rollback"): ("POST", TEMPLATES + "/versions/{version}?action=rollback"),
}


def rest_services(arguments, http):
    """The services over the REST connector, with a session of their own."""
    connector = get_requests_connector(
        session=http, msg_protocol="rest", url=f"https://{arguments.server}/rest")
    configuration = StubConfiguration(connector)
    kinds = (Session, Library, Item, CheckOuts, Versions, LibraryItems, VM)
    services = {kind: kind(configuration) for kind in kinds}
    for (kind, operation), (method, template) in CORRECTED.items():
        metadata = services[kind]._api_interface._rest_metadata[operation]
        metadata.http_method = method
        metadata._url_template = template
        metadata.request_body_parameter = None  # or the body lacks the parameter's name around it
    connector.set_security_context(
        create_user_password_security_context(arguments.user, arguments.password))
    session_id = services[Session].create()
    connector.set_security_context(create_session_security_context(session_id))
    return services


def rpc_services(arguments, http):
    """The services of the SDK's own client, unmodified; making it logs in."""
    client = create_vsphere_client(
        server=arguments.server, username=arguments.user, password=arguments.password, session=http)
    return {
        "client": client,  # it logs out when it is collected
        Session: client.session_svc,
        Library: client.content.Library,
        Item: client.content.library.Item,
        CheckOuts: client.vcenter.vm_template.library_items.CheckOuts,
        Versions: client.vcenter.vm_template.library_items.Versions,
        LibraryItems: client.vcenter.vm_template.LibraryItems,
        VM: client.vcenter.VM,
    }


def refused(kind, call):
    """Asserts that a call is refused with an error of this kind."""
    try:
        call()
    except kind as error:
        assert error.messages and error.messages[0].default_message, error
    else:
        raise AssertionError(f"{kind.__name__} was expected")


def walk(services):
    """Log-in has happened; everything up to the log-out."""
    libraries = services[Library]
    golden, = libraries.find(Library.FindSpec(name="golden"))
    assert golden in libraries.list()
    assert libraries.get(golden).name == "golden"
    item, = services[Item].find(Item.FindSpec(name="ubuntu-22.04", library_id=golden))
    model = services[Item].get(item)
    assert (model.type, model.content_version) == ("vm-template", "2"), model

    check_outs = services[CheckOuts]
    placement = CheckOuts.PlacementSpec(folder="group-v3", host="host-10")
    spec = CheckOuts.CheckOutSpec(name="sdk-work", placement=placement, powered_on=False)
    vm = check_outs.check_out(item, spec)
    assert [entry.vm for entry in check_outs.list(item)] == [vm]
    info = check_outs.get(item, vm)
    assert info.user == "VSPHERE.LOCAL\\operator" and info.time.year >= 2024, info

    versions = services[Versions]
    refused(NotAllowedInCurrentState,
            lambda: versions.rollback(item, "1", Versions.RollbackSpec(message="too early")))
    assert check_outs.check_in(item, vm, CheckOuts.CheckInSpec(message="patched")) == "3"
    assert [entry.version for entry in versions.list(item)] == ["2", "3"]
    assert versions.get(item, "3").vm_template == vm
    refused(InvalidArgument,
            lambda: versions.rollback(item, "3", Versions.RollbackSpec(message="the latest")))
    refused(NotFound, lambda: versions.get(item, "1"))
    assert versions.rollback(item, "2", Versions.RollbackSpec(message="bad patch")) == "4"

    vm = check_outs.check_out(item, spec)
    check_outs.delete(item, vm)
    assert check_outs.list(item) == []
    deploy(services, item)


def deploy(services, item):
    """A machine with hardware of its own, and what the SDK's types allow but a vCenter does not."""
    items, spec = services[LibraryItems], LibraryItems.DeploySpec
    hardware = LibraryItems.HardwareCustomizationSpec(
        nics={"4000": LibraryItems.EthernetUpdateSpec(network="network-15")},
        disks_to_update={"2000": LibraryItems.DiskUpdateSpec(capacity=64 << 30)},
        cpu_update=LibraryItems.CpuUpdateSpec(num_cpus=8))
    placement = LibraryItems.DeployPlacementSpec(folder="group-v3", host="host-10")
    vm = items.deploy(item, spec(
        name="sdk-web", placement=placement, hardware_customization=hardware,
        guest_customization=LibraryItems.GuestCustomizationSpec(name="linux")))
    info = services[VM].get(vm)
    assert (info.cpu.count, info.disks["2000"].capacity) == (8, 64 << 30), info
    assert info.nics["4000"].backing.network == "network-15", info
    if "client" in services:  # the REST connector sends a filter as the body of a GET
        assert [m.vm for m in services[VM].list(VM.FilterSpec(names={"sdk-web"}))] == [vm]
    hardware.disks_to_update["2000"].capacity = 1
    for kind, refusal in [
            (InvalidArgument, spec(name="a")),
            (InvalidArgument, spec(name="a", placement=placement, hardware_customization=hardware)),
            (NotFound, spec(name="a", placement=LibraryItems.DeployPlacementSpec(folder="no")))]:
        refused(kind, lambda: items.deploy(item, refusal))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--protocol", choices=["jsonrpc", "rest"], required=True)
    for name in ("server", "ca-file", "user", "password"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    http = requests.Session()
    http.trust_env = False  # REQUESTS_CA_BUNDLE would win over the file below
    http.verify = arguments.ca_file
    services = (rest_services if arguments.protocol == "rest" else rpc_services)(arguments, http)
    walk(services)
    assert services[Session].get().user == "VSPHERE.LOCAL\\operator"
    services[Session].delete()
    refused(Unauthenticated, services[Session].get)
    print(f"{arguments.protocol}: every step passed")


if __name__ == "__main__":
    sys.exit(main())
