internal import APIIndex
internal import Buffers
internal import JSON

/// The operations of vmoon as JSON-RPC calls, for a session that speaks nothing else.
extension Call {
    /// A call in JSON-RPC's terms.
    final class Remote {
        let facts: APIOperation
        /// The arguments in canonical form.
        let input: ByteBuffer
        /// The texts among them that are secrets by their type.
        let secrets: [String]

        init(facts: APIOperation, input: ByteBuffer, secrets: [String] = []) {
            self.facts = facts
            self.input = input
            self.secrets = secrets
        }
    }

    /// The name in the API, and those of its parameters, in the order of ours; `spec.message` is a field of one.
    static let remoteNames: [String: (operation: String, parameters: [String])] = [
        "getCheckOut": (checkOuts + "get", [item, "vm"]),
        "listCheckOuts": (checkOuts + "list", [item]),
        "checkOut": (checkOuts + "check_out", [item, "spec"]),
        "checkIn": (checkOuts + "check_in", [item, "vm", "spec.message"]),
        "deleteCheckOut": (checkOuts + "delete", [item, "vm"]),
        "listVersions": (versions + "list", [item]),
        "getVersion": (versions + "get", [item, "version"]),
        "deleteVersion": (versions + "delete", [item, "version"]),
        "rollback": (versions + "rollback", [item, "version", "spec.message"]),
        "getTemplate": (templates + "get", [item]),
        "createTemplate": (templates + "create", ["spec"]),
        "deploy": (templates + "deploy", [item, "spec"]),
        "listChanges": ("content.library.item.changes.list", ["library_item"]),
        "getChange": ("content.library.item.changes.get", ["library_item", "version"]),
        "listLibraries": ("content.library.list", []),
        "getLibrary": ("content.library.get", ["library_id"]),
        "findLibraries": ("content.library.find", ["spec"]),
        "listItems": ("content.library.item.list", ["library_id"]),
        "getItem": ("content.library.item.get", ["library_item_id"]),
        "findItems": ("content.library.item.find", ["spec"]),
        "deleteItem": ("content.library.item.delete", ["library_item_id"]),
        "listVMs": ("vcenter.VM.list", ["filter"]),
        "getVM": ("vcenter.VM.get", ["vm"]),
        "deleteVM": ("vcenter.VM.delete", ["vm"]),
        "getPower": ("vcenter.vm.power.get", ["vm"]),
        // The action is the last word of the name.
        "setPower": ("vcenter.vm.power.", ["vm", ""]),
        "getVMItem": ("vcenter.vm.library_item.get", ["vm"]),
        "listFolders": ("vcenter.folder.list", ["filter"]),
        "listResourcePools": ("vcenter.resource_pool.list", ["filter"]),
        "listClusters": ("vcenter.cluster.list", ["filter"]),
        "listHosts": ("vcenter.host.list", ["filter"]),
        "listDatastores": ("vcenter.datastore.list", ["filter"]),
        "listDatacenters": ("vcenter.datacenter.list", ["filter"]),
        "listNetworks": ("vcenter.network.list", ["filter"]),
        "getTask": ("cis.tasks.get", ["task", "spec"]),
        "listTasks": ("cis.tasks.list", ["filter_spec"]),
        "cancelTask": ("cis.tasks.cancel", ["task"]),
    ]
    private static let item = "template_library_item"
    private static let templates = "vcenter.vm_template.library_items."
    private static let checkOuts = templates + "check_outs."
    private static let versions = templates + "versions."

    /// The call as JSON-RPC; nil for one that is a path.
    /// - Throws: The place and the reason of an argument that the API does not have so.
    func remote() throws(ShapeMismatch) -> Remote? {
        if let written { return written }
        guard let (facts, named) = terms() else { return nil }
        let input = ByteBuffer()
        try APIEncoder(into: input).encode(named.root, of: facts)
        return Remote(facts: facts, input: input)
    }

    /// The operation in the API's terms, and the record of its arguments by name; nil for one that is a path.
    func terms() -> (APIOperation, ValueBuffer)? {
        if let facts = operation.facts {
            let named = ValueBuffer()
            if let argument = argument(0) { named.put(argument) }
            return (facts, named)
        }
        guard let (prefix, keys) = Self.remoteNames[operation.name] else { return nil }
        let action = keys.firstIndex(of: "").flatMap { argument($0)?.string } ?? ""
        guard let facts = APIFacts.operation(prefix + action) else { return nil }
        let named = ValueBuffer()
        named.putRecord {
            var count = 0
            for (index, key) in keys.enumerated() where !key.isEmpty {
                guard let argument = argument(index) else { continue }
                count += 1
                if let dot = key.firstIndex(of: ".") {
                    named.put(String(key[..<dot]))
                    named.putRecord {
                        named.put(String(key[key.index(after: dot)...]))
                        named.put(argument)
                        return 1
                    }
                } else {
                    named.put(key)
                    let type = facts.parameters.first { $0.name == key }?.type.unwrapped
                    Self.put(argument, as: type, into: named)
                }
            }
            return count
        }
        return (facts, named)
    }

    /// Copies an argument; in a filter one value stands for a list of one.
    private static func put(_ value: Value, as type: APIType?, into out: ValueBuffer) {
        guard case .structure(let name)? = type, value.kind == .record,
            let structure = APIFacts.structure(name)
        else { return out.put(value) }
        out.putRecord {
            for (key, found) in value.fields {
                out.put(key)
                switch structure[key.string ?? ""]?.type.unwrapped {
                case .list?, .set?:
                    let isOne = found.kind != .array && !found.isTable && !found.isAbsent
                    guard isOne else { fallthrough }
                    out.putArray {
                        out.put(found)
                        return 1
                    }
                default: out.put(found)
                }
            }
            return value.count
        }
    }
}
