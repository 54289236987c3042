internal import Buffers
internal import Changes
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    private static let object = Parameter(
        "object",
        "vmoon.item|string|{type: string, id: string}",
        "an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, "
            + "com.vmware.content.Library, …) and id"
    )
    private static let tag = Parameter("tag", "string", "\"category/tag\", or the tag's identifier")

    /// Tags by their names.
    static let tags: [FunctionSpec] = [
        FunctionSpec(
            "listTags",
            "Lists the tags of an object.",
            [object],
            returns: Result("string[]", "\"category/tag\" for each, in alphabetical order"),
            example: "for _, tag in ipairs(listTags(listVMs()[1].vm)) do print(tag) end",
            receivers: [.session, .item],
            waits: true
        ) { runtime, call in
            runtime.withArguments("listTags", 1, call) { steps, target throws(VSphereError) in
                let object = try TaggedObject(target, "listTags")
                TagReading(steps).list(object)
            }
        },
        change(.attachTag, "Attaches a tag to an object; one that it has already stays."),
        change(.detachTag, "Takes a tag off an object; one that it does not have is no error."),
    ]

    private static func change(_ operation: VSphere.Operation, _ summary: String) -> FunctionSpec {
        let name = operation.name
        return FunctionSpec(
            name,
            summary,
            [object, tag],
            returns: Result("nil", OperationText.nothing),
            errors: name == "attachTag"
                ? ["not_found", "invalid_argument"] + ofEveryChange : ["not_found"] + ofEveryChange,
            example: "\(name)(listVMs()[1].vm, \"stage/test\")",
            receivers: [.session, .item],
            isChanging: true,
            waits: true
        ) { runtime, call in
            runtime.withArguments(name, 2, call) { steps, target throws(VSphereError) in
                let object = try TaggedObject(target, name)
                guard target.arguments.count == 2, let tag = target.arguments[1].string,
                    tag.contains("/") || tag.hasPrefix(TagReading.prefix)
                        || runtime.isPlaceholder(tag)
                else {
                    throw VSphereError(
                        .usage,
                        "tag must be \"category/tag\"",
                        operation: name
                    )
                }
                TagReading(steps).find(tag) { id in
                    steps.step(operation, [id] + object.specification) { _ in steps.done() }
                }
            }
        }
    }
}

/// An object that may have tags: its type, and its identifier.
struct TaggedObject {
    private let type: String
    private let id: String

    private static let item = "com.vmware.content.library.Item"
    private static let library = "com.vmware.content.Library"
    /// The beginnings of identifiers, and the types of what they name.
    private static let types = [
        ("vm-", "VirtualMachine"), ("host-", "HostSystem"), ("domain-", "ClusterComputeResource"),
        ("group-", "Folder"), ("datastore-", "Datastore"), ("resgroup-", "ResourcePool"),
        ("network-", "Network"), ("dvportgroup-", "DistributedVirtualPortgroup"),
        ("dvs-", "VmwareDistributedVirtualSwitch"), ("datacenter-", "Datacenter"),
    ]

    /// Reads the first argument.
    /// - Throws: kind `usage` for what tells no type.
    init(_ target: Runtime.Target, _ function: String) throws(VSphereError) {
        let value = target.arguments[0]
        if let type = value["type"]?.string, let id = value["id"]?.string, !id.isEmpty {
            (self.type, self.id) = (type, id)
            return
        }
        guard let id = value.string, let type = Self.type(of: id, isItem: target.item != nil) else {
            throw VSphereError(
                .usage,
                "object must be an item, an identifier such as vm-42, or { type = …, id = … }",
                operation: function,
                hint: "what type an identifier of another form is has to be said"
            )
        }
        (self.type, self.id) = (type, id)
    }

    private static func type(of id: String, isItem: Bool) -> String? {
        if isItem { return item }
        if let known = types.first(where: { id.hasPrefix($0.0) }) { return known.1 }
        guard Placeholder.isIn(id) else { return nil }
        if id.contains(": createTemplate>") { return item }
        return id.contains(": createLibrary>") ? library : "VirtualMachine"
    }

    /// The argument of the operations.
    var specification: [Value] {
        ValueBuffer.values { out in
            out.putRecord {
                out.put("object_id")
                out.putRecord {
                    out.put("type")
                    out.put(type)
                    out.put("id")
                    out.put(id)
                    return 2
                }
                return 1
            }
        }
    }
}
