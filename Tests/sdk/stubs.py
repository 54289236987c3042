"""VMware's own Python SDK against stubs of vmoon-sim, an operation without one, and a role that is too small.

Each step asserts what it got, so the program ends with an error where an answer is not as the SDK expects it.
"""

import argparse
import sys

import requests
from com.vmware.appliance.system_client import Uptime
from com.vmware.cis_client import Session
from com.vmware.cis.tagging_client import Tag, TagAssociation
from com.vmware.vapi.std.errors_client import NotFound, OperationNotFound, Unauthorized
from com.vmware.vapi.std_client import DynamicID
from com.vmware.vcenter.guest_client import CustomizationSpecs
from com.vmware.vcenter.inventory_client import Network
from com.vmware.content_client import SubscribedLibrary
from com.vmware.vcenter.vm.guest_client import Credentials, Environment
from com.vmware.vcenter.vm.hardware_client import Disk
from com.vmware.vcenter_client import Network as Networks
from vmware.vapi.lib.connect import get_requests_connector
from vmware.vapi.security.session import create_session_security_context
from vmware.vapi.security.user_password import create_user_password_security_context
from vmware.vapi.stdlib.client.factories import StubConfigurationFactory

from walk import refused

STUBS = {
    "cis.tagging.tag.get": {
        "id": "tag-1", "category_id": "category-1", "name": "prod", "description": "", "used_by": ["vm-109"]},
    "cis.tagging.tag_association.attach": None,
    "appliance.system.uptime.get": 12.5,
    "vcenter.inventory.network.find": {"network-1": {"type": "Network"}, "network-2": None},
    "vcenter.vm.guest.environment.list": {"PATH": "/bin", "HOME": ""},
    "vcenter.vm.hardware.disk.get": [
        {"label": "Hard disk 1", "type": "SCSI", "scsi": {"bus": 0, "unit": 3}, "capacity": 64 << 30,
         "backing": {"type": "VMDK_FILE", "vmdk_file": "[ds] a.vmdk"}},
        {"error": "not_found", "message": "no such disk"}],
    "vcenter.network.list": [{"network": "network-9", "name": "own", "type": "STANDARD_PORTGROUP"}],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("server", "ca-file", "user", "password"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    http = requests.Session()
    http.trust_env = False  # REQUESTS_CA_BUNDLE would win over the file below
    http.verify = arguments.ca_file

    def admin(path, body):
        answer = http.post(f"https://{arguments.server}/sim/{path}", json=body)
        assert answer.status_code == 204, answer.text

    admin("stubs", [{"operation": name, "answer": answer} for name, answer in STUBS.items()])
    connector = get_requests_connector(session=http, url=f"https://{arguments.server}/api")
    configuration = StubConfigurationFactory.new_std_configuration(connector)
    connector.set_security_context(
        create_user_password_security_context(arguments.user, arguments.password))
    session_id = Session(configuration).create()
    connector.set_security_context(create_session_security_context(session_id))

    def service(kind):
        return kind(configuration)

    tag = service(Tag).get("tag-1")
    assert (tag.name, tag.used_by) == ("prod", {"vm-109"}), tag
    assert service(TagAssociation).attach("tag-1", DynamicID(type="VirtualMachine", id="vm-109")) is None
    assert service(Uptime).get() == 12.5
    found = service(Network).find(["network-1", "network-2"])
    assert found["network-1"].type == "Network" and found["network-2"] is None, found
    credentials = Credentials(
        type=Credentials.Type.USERNAME_PASSWORD, user_name="root", password="hush",
        interactive_session=False)
    assert service(Environment).list("vm-109", credentials, {"PATH"}) == {"PATH": "/bin", "HOME": ""}
    disk = service(Disk).get("vm-109", "2000")
    assert (disk.scsi.unit, disk.capacity, disk.ide) == (3, 64 << 30, None), disk
    assert disk.backing.vmdk_file == "[ds] a.vmdk", disk
    for _ in range(2):  # the last answer stays
        refused(NotFound, lambda: service(Disk).get("vm-109", "2001"))
    assert [network.name for network in service(Networks).list()] == ["own"]

    refused(OperationNotFound, service(SubscribedLibrary).list)
    admin("users", {"privileges": ["System.Read"]})
    refused(Unauthorized, lambda: service(CustomizationSpecs).get("linux"))
    print("every step passed")


if __name__ == "__main__":
    sys.exit(main())
