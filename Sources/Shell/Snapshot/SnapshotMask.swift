internal import APIIndex
internal import JSON
internal import Text
internal import VSphere

/// Masks an inventory: every text that is not a word of the API, a time or a number.
///
/// What a text is tells the index for the answers, and the name of the member for the rest. The same text has the same mask
/// everywhere, so that references and equal names stay.
final class SnapshotMask {
    private let mask = CassetteMask(keepsLength: true)

    /// Looks through a document first: no mask may be what something is really called.
    init(_ document: SnapshotDocument) {
        for library in document.libraries {
            avoid(library.head)
            for item in library.items { avoid(item) }
        }
        for pieces in [
            document.machines, document.placements, document.categories, document.tags,
            document.tasks,
        ] {
            for piece in pieces { avoid(piece) }
        }
    }

    private func avoid(_ piece: SnapshotDocument.Piece) {
        if let value = try? JSONParser().decode(piece) { avoid(value) }
    }

    private func avoid(_ value: JSONValue) {
        switch value {
        case .string(let text): mask.avoid(text)
        case .array(let elements): for element in elements { avoid(element) }
        case .object(let members):
            for member in members {
                mask.avoid(member.name)
                avoid(member.value)
            }
        default: break
        }
    }

    /// An object of the inventory, masked.
    func masked(_ value: JSONValue) -> JSONValue { masked(value, under: "") }

    private func masked(_ value: JSONValue, under name: String) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text, under: name))
        case .array(let elements): .array(elements.map { masked($0, under: name) })
        case .object(let members):
            .object(
                members.map { member in
                    guard member.name == "answers" else {
                        return .init(member.name, masked(member.value, under: member.name))
                    }
                    return .init("answers", answers(member.value))
                }
            )
        default: value
        }
    }

    private func answers(_ value: JSONValue) -> JSONValue {
        .object(
            (value.members ?? []).map { answer in
                let type = SnapshotAnswers.type(of: answer.name) ?? .opaque
                return .init(answer.name, masked(answer.value, as: type, under: answer.name))
            }
        )
    }

    /// A member of the inventory's own.
    private func masked(_ text: String, under name: String) -> String {
        switch name {
        case "kind", "operation", "power_state", "hot_add": return text
        case "creation_time", "last_modified_time", "last_sync_time", "time": return text
        case "type": return Self.types.contains(text) ? text : mask.mark(text)
        case "guest_OS": return guest(text)
        case "user": return mask.user(text)
        case "of":
            return text.split(separator: "/").map { identifier(String($0)) }
                .joined(separator: "/")
        case "name", "description", "message", "short_message": return mask.mark(text)
        default: return identifier(text)
        }
    }

    /// The types of libraries, items, places and objects: they are the API's, and no names.
    private static let types: Set<String> = [
        "LOCAL", "SUBSCRIBED", "vm-template", "ovf", "iso", "file", "DATACENTER", "DATASTORE",
        "HOST",
        "NETWORK", "VIRTUAL_MACHINE", "VMFS", "NFS", "NFS41", "CIFS", "VSAN", "VFFS", "VVOL",
        "STANDARD_PORTGROUP", "DISTRIBUTED_PORTGROUP", "OPAQUE_NETWORK", "LINUX", "WINDOWS",
        "VirtualMachine", "Folder", "ResourcePool", "ClusterComputeResource", "HostSystem",
        "Datastore", "Datacenter", "Network", "DistributedVirtualPortgroup", "VirtualApp",
        "com.vmware.content.Library", "com.vmware.content.library.Item",
    ]

    /// An identifier: short numbers (versions, devices) say nothing of anybody.
    private func identifier(_ text: String) -> String {
        text.isShortNumber ? text : mask.mark(text)
    }

    private func guest(_ text: String) -> String {
        APIFacts.enumeration("vcenter.vm.guest_OS")?.contains(text) == true ? text : mask.mark(text)
    }
}

// MARK: Recorded answers

extension SnapshotMask {
    private func masked(_ value: JSONValue, as type: APIType, under field: String) -> JSONValue {
        switch (type, value) {
        case (.optional(let inner), _): return masked(value, as: inner, under: field)
        case (.list(let element), .array(let elements)),
            (.set(let element), .array(let elements)):
            return .array(elements.map { masked($0, as: element, under: field) })
        case (.map(_, let element), .object(let members)):
            return .object(
                members.map {
                    .init(identifier($0.name), masked($0.value, as: element, under: field))
                }
            )
        case (.structure(let name), .object(let members)):
            let facts = APIFacts.structure(name)
            return .object(members.map { masked($0, of: facts, named: name) })
        case (.enumeration, .string(let text)): return .string(text.isWord ? text : mask.mark(text))
        case (.time, .string(let text)) where Timestamp(parsing: text) != nil: return value
        case (.identifier, .string(let text)), (.identifierTyped, .string(let text)):
            return .string(identifier(text))
        case (_, .string(let text)): return .string(file(text) ?? mask.mark(text))
        case (_, .array(let elements)):
            return .array(elements.map { masked($0, as: .opaque, under: field) })
        case (_, .object(let members)):
            return .object(members.map { masked($0, of: nil, named: "") })
        default: return value
        }
    }

    /// The mask of a file on a data store, `[fast] web-1/web-1.vmdk`: it names the data store too.
    private func file(_ text: String) -> String? {
        guard text.hasPrefix("["), let end = text.firstRange(of: "] ") else { return nil }
        let store = text[text.index(after: text.startIndex)..<end.lowerBound]
        return "[\(mask.mark(String(store)))] \(mask.mark(String(text[end.upperBound...])))"
    }

    private func masked(
        _ member: JSONValue.Member,
        of facts: APIStructure?,
        named structure: String
    ) -> JSONValue.Member {
        let field = facts?[member.name]
        // A field that nobody knows may be a name.
        let name = field != nil || member.name.isField ? member.name : mask.mark(member.name)
        if let text = member.value.string, SnapshotAnswers.keeps(text, member.name, of: structure) {
            return member
        }
        if member.name == "user", let text = member.value.string {
            return .init(name, .string(mask.user(text)))
        }
        return .init(name, masked(member.value, as: field?.type ?? .opaque, under: member.name))
    }
}

/// The types of recorded answers, and the texts in them that are words though their type does not tell.
enum SnapshotAnswers {
    /// The operation of the whole API whose answer it is; a list has the answer's elements.
    private static let operations: [String: (name: String, isElement: Bool)] = [
        "getLibrary": ("content.library.get", false),
        "listSubscriptions": ("content.library.subscriptions.list", false),
        "getItem": ("content.library.item.get", false),
        "getTemplate": ("vcenter.vm_template.library_items.get", false),
        "getVM": ("vcenter.VM.get", false),
        "getPower": ("vcenter.vm.power.get", false),
        "getTools": ("vcenter.vm.tools.get", false),
        "getGuest": ("vcenter.vm.guest.identity.get", false),
        "listDatacenters": ("vcenter.datacenter.list", true),
        "listFolders": ("vcenter.folder.list", true),
        "listClusters": ("vcenter.cluster.list", true),
        "listHosts": ("vcenter.host.list", true),
        "listResourcePools": ("vcenter.resource_pool.list", true),
        "listDatastores": ("vcenter.datastore.list", true),
        "listNetworks": ("vcenter.network.list", true),
        "listStoragePolicies": ("vcenter.storage.policies.list", true),
        "listCustomizationSpecs": ("vcenter.guest.customization_specs.list", true),
        "getCustomizationSpec": ("vcenter.guest.customization_specs.get", false),
        "getTagCategory": ("cis.tagging.category.get", false),
        "getTag": ("cis.tagging.tag.get", false),
        "getTask": ("cis.tasks.get", false),
        "getRelease": ("appliance.system.version.get", false),
    ]

    /// The type of an answer; nil for one that is not known.
    static func type(of operation: String) -> APIType? {
        guard let (name, isElement) = operations[operation], let facts = APIFacts.operation(name)
        else { return nil }
        let result = facts.result.unwrapped
        guard isElement else { return result }
        if case .list(let element) = result { return element }
        return nil
    }

    /// Whether a text stays as it is.
    static func keeps(_ text: String, _ field: String, of structure: String) -> Bool {
        switch (structure, field) {
        case ("appliance.system.version.version_struct", "version"),
            ("appliance.system.version.version_struct", "build"):
            text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }
        case ("appliance.system.version.version_struct", "product"):
            text == "VMware vCenter Server"
        case ("cis.task.info", "service"): text.hasPrefix("com.vmware.") && text.isServiceName
        case ("cis.task.info", "operation"): text.isField
        case ("content.library.item_model", "type"): ["vm-template", "ovf", "iso"].contains(text)
        case ("vcenter.vm_template.library_items.info", "guest_OS"): text.isWord
        case (_, "version"), (_, "metadata_version"): text.isShortNumber
        case ("cis.tagging.category_model", "associable_types"): true
        default: false
        }
    }
}

extension String {
    /// Whether it is a number of a few digits.
    fileprivate var isShortNumber: Bool {
        !isEmpty && utf8.count <= 5 && utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }

    /// Whether it is spelled as the words of enumerations are.
    fileprivate var isWord: Bool {
        !isEmpty && utf8.count <= 48
            && utf8.allSatisfy { 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F }
    }

    /// Whether it is spelled as the fields of the API are.
    fileprivate var isField: Bool {
        !isEmpty && utf8.count <= 40
            && utf8.allSatisfy {
                0x61...0x7A ~= $0 || 0x41...0x5A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x5F
                    || $0 == UInt8(ascii: "$")
            }
    }

    fileprivate var isServiceName: Bool {
        split(separator: ".", omittingEmptySubsequences: false).allSatisfy { String($0).isField }
    }
}
