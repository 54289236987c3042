"""Writes what VMware's Python classes say of the simulator's operations: names, types, errors.

    Tests/sdk/venv .build/sdk-venv && .build/sdk-venv/bin/python Tests/sdk/facts.py > Tests/sdk/facts.txt

One line per operation, parameter, structure, member and enumeration; nothing but facts of the interface.
"""

import importlib

from vmware.vapi.bindings import type as bindings
from vmware.vapi.data.validator import UnionValidator

# Where each service is: its module and its stub class.
SERVICES = [
    ("com.vmware.appliance.system_client", "_VersionStub", ["get"]),
    ("com.vmware.cis_client", "_SessionStub", ["create", "delete", "get"]),
    ("com.vmware.cis_client", "_TasksStub", ["cancel", "get", "list"]),
    ("com.vmware.content_client", "_LibraryStub", ["find", "get", "list"]),
    ("com.vmware.content_client", "_LocalLibraryStub", ["delete", "get", "list"]),
    ("com.vmware.content.library_client", "_ItemStub", ["delete", "find", "get", "list"]),
    ("com.vmware.content.library.item_client", "_ChangesStub", ["get", "list"]),
    ("com.vmware.vcenter_client", "_ClusterStub", ["list"]),
    ("com.vmware.vcenter_client", "_DatacenterStub", ["list"]),
    ("com.vmware.vcenter_client", "_DatastoreStub", ["list"]),
    ("com.vmware.vcenter_client", "_FolderStub", ["list"]),
    ("com.vmware.vcenter_client", "_HostStub", ["list"]),
    ("com.vmware.vcenter_client", "_NetworkStub", ["list"]),
    ("com.vmware.vcenter_client", "_ResourcePoolStub", ["list"]),
    ("com.vmware.vcenter_client", "_VMStub", ["delete", "get", "list"]),
    ("com.vmware.vcenter.vm_client", "_LibraryItemStub", ["get"]),
    ("com.vmware.vcenter.vm_client", "_PowerStub", ["get", "reset", "start", "stop", "suspend"]),
    ("com.vmware.vcenter.vm_template_client", "_LibraryItemsStub", ["create", "deploy", "get"]),
    ("com.vmware.vcenter.vm_template.library_items_client", "_CheckOutsStub",
     ["check_in", "check_out", "delete", "get", "list"]),
    ("com.vmware.vcenter.vm_template.library_items_client", "_VersionsStub",
     ["delete", "get", "list", "rollback"]),
]

structures, enumerations = {}, {}


def name_of(kind):
    """The type in one phrase; structures and enumerations in it are noted for later."""
    if isinstance(kind, bindings.ReferenceType):
        kind = kind.resolved_type
    if isinstance(kind, bindings.OptionalType):
        return "optional " + name_of(kind.element_type)
    if isinstance(kind, bindings.ListType):
        return "list " + name_of(kind.element_type)
    if isinstance(kind, bindings.SetType):
        return "set " + name_of(kind.element_type)
    if isinstance(kind, bindings.MapType):
        return f"map {name_of(kind.key_type)} {name_of(kind.value_type)}"
    if isinstance(kind, bindings.EnumType):
        values = kind.binding_class.get_binding_type().binding_class
        enumerations[kind.name] = sorted(
            str(value) for name, value in vars(values).items() if name.isupper())
        return "enumeration " + kind.name
    if isinstance(kind, bindings.StructType) and not isinstance(kind, bindings.DynamicStructType):
        if kind.name not in structures:
            structures[kind.name] = None
            unions = [v for v in kind.validator_list or [] if isinstance(v, UnionValidator)] \
                if hasattr(kind, "validator_list") else []
            structures[kind.name] = (
                {field: name_of(kind.get_field(field)) for field in kind.get_field_names()},
                unions or [v for v in getattr(kind.binding_class, "_validator_list", [])
                           if isinstance(v, UnionValidator)])
        return "structure " + kind.name
    simple = {
        bindings.IdType: "identifier", bindings.StringType: "string", bindings.IntegerType: "integer",
        bindings.BooleanType: "boolean", bindings.DateTimeType: "time", bindings.SecretType: "secret",
        bindings.URIType: "uri", bindings.DoubleType: "double",
    }
    return simple[type(kind)]


def write(operations):
    """The lines of everything."""
    for name, (entry, metadata) in sorted(operations.items()):
        print("operation", name)
        fields = entry["input_type"]
        for parameter in sorted(fields.get_field_names()):
            print(" ", parameter, name_of(fields.get_field(parameter)))
        print("  errors", *sorted(error.rsplit(".", 1)[1] for error in entry["errors"]))
    for name, (members, unions) in sorted(structures.items()):
        print("structure", name)
        for member, kind in sorted(members.items()):
            print(" ", member, kind)
        for union in unions:
            for value, fields in sorted(union._case_map.items()):
                for field, is_required in fields:
                    print("  union", union._discriminant_name, value, field,
                          "required" if is_required else "optional")
    for name, values in sorted(enumerations.items()):
        print("enumeration", name, *values)


def main():
    operations = {}
    for module, stub, names in SERVICES:
        found = []

        def keep(self, iface_name, operations=None, rest_metadata=None, **others):
            found.append((iface_name, operations, rest_metadata))

        module = importlib.import_module(module)
        original = module.ApiInterfaceStub.__init__
        module.ApiInterfaceStub.__init__ = lambda self, *args, **kw: keep(self, **kw)
        try:
            getattr(module, stub)(None)
        finally:
            module.ApiInterfaceStub.__init__ = original
        (service, entries, metadata), = found
        for name in names:
            operations[f"{service}.{name}"] = entries[name], (metadata or {}).get(name)
    write(operations)


if __name__ == "__main__":
    main()
