internal import Text

/// The words of the API: all that a masked recording keeps of texts.
enum CassetteVocabulary {
    /// The text before the number of an identifier.
    static let prefixes: Set<String> = [
        "vm-", "host-", "group-d", "group-v", "group-h", "group-s", "group-n", "domain-c",
        "domain-s", "resgroup-", "datastore-", "datacenter-", "network-", "dvportgroup-",
        "opaqueNetwork-", "dvs-", "resgroup-v",
    ]

    /// The segments of the paths of all operations, in both dialects.
    static let segments: Set<String> = {
        var found: Set<String> = ["", "sdk", "vimServiceVersions.xml"]
        func add(_ path: String) {
            for part in path.prefix(while: { $0 != "?" }).split(separator: "/") {
                found.insert(String(part))
            }
        }
        for dialect in Dialect.allCases {
            for operation in Operation.all {
                for case .text(let text) in operation.path(in: dialect) { add(text) }
            }
            add(dialect.session(.create).path)
            add("/\(dialect.rawValue)\(Call.releasePath)")
        }
        found.remove("id:")
        return found
    }()

    /// The names of the fields of all answers.
    static let fields: Set<String> = {
        var found: Set<String> = [
            "value", "type", "error_type", "messages", "data", "challenge", "id", "args",
            "default_message", "localized", "params", "key", "version", "build", "product",
            "summary", "releasedate", "install_time",
        ]
        func add(_ shape: Shape) {
            switch shape {
            case .record(let fields):
                for field in fields {
                    found.formUnion([field.name, field.otherName ?? field.name])
                    add(field.shape)
                }
            case .list(let shape), .map(let shape): add(shape)
            default: break
            }
        }
        for operation in Operation.all { add(operation.result) }
        return found
    }()

    static let contentTypes: Set<String> = [
        "application/json", "application/json; charset=utf-8", "application/json;charset=utf-8",
        "text/plain", "text/plain; charset=utf-8", "text/html", "text/html; charset=utf-8",
    ]

    static let schemes: Set<String> = ["basic", "bearer", "negotiate", "sign", "ntlm", "digest"]

    /// Whole bodies that are no JSON and say nothing of anybody.
    static let texts: Set<String> = [
        "404 page not found", "404 page not found\n", "Not Found", "no healthy upstream",
    ]

    /// A word of a query, or a mask of it.
    static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x61 && byte <= 0x7A || byte == 0x5F || byte == 0x2D || byte == 0x2E
                || byte == 0x7E
        }
        return isPlain && words.contains(text) ? text : "masked"
    }

    private static let words: Set<String> = [
        "action", "~action", "find", "get", "library_id", "cancel",
    ]

    /// Tells whether a text of an answer stays as it is.
    /// - Parameters:
    ///   - text: The text.
    ///   - field: The name of the member that it stands under.
    /// - Returns: Whether it is a word of the API, a time or a mask.
    static func keeps(_ text: String, under field: String) -> Bool {
        if text.isEmpty || text == "***" || Timestamp(parsing: text) != nil { return true }
        if text.hasPrefix("com.vmware.vapi.std.errors.") {
            return ErrorKind(ofVCenter: String(text.dropFirst(27))) != nil
        }
        switch field {
        case "id": return messages.contains(text)
        case "error_type":
            return text == text.uppercased() && ErrorKind(ofVCenter: text.lowercased()) != nil
        case "version", "content_version", "metadata_version", "build":
            return text.utf8.count <= 16
                && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E }
                && text.split(separator: ".").count != 4 || isRelease(text)
        case "product": return text == "VMware vCenter Server"
        case "key": return text.utf8.count <= 8 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        default: return values[field]?.contains(text) == true
        }
    }

    /// `7.0.3.00400`: no address has five digits.
    private static func isRelease(_ text: String) -> Bool {
        let parts = text.split(separator: ".")
        return parts.count == 4 && parts[3].utf8.count == 5
            && parts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    }

    /// Tells whether it is the answer to a log-in as a recording has it: the session has a number there.
    static func isSession(_ body: [UInt8]) -> Bool {
        let text = String(decoding: body, as: UTF8.self)
        return text.wholeMatch(of: /"session-[0-9]+"|\{"value":"session-[0-9]+"\}/) != nil
    }

    /// The identifiers of messages that decide how an error is read.
    private static let messages: Set<String> = [
        "com.vmware.vapi.rest.operationsForUrlNotFound", "vapi.method.input.invalid.interface",
        "vapi.method.input.invalid.method",
        "com.vmware.vapi.endpoint.method.authentication.required",
        "vapi.security.authentication.invalid", "vapi.method.authentication.required",
        "vapi.data.structure.field.missing",
    ]

    private static let kinds: Set<String> = [
        "vm-template", "ovf", "iso", "file", "LOCAL", "SUBSCRIBED", "DATACENTER", "DATASTORE",
        "HOST", "NETWORK", "VIRTUAL_MACHINE", "VMFS", "NFS", "NFS41", "CIFS", "VSAN", "VFFS",
        "VVOL", "STANDARD_PORTGROUP", "DISTRIBUTED_PORTGROUP", "OPAQUE_NETWORK", "SCSI", "IDE",
        "SATA", "NVME", "VMXNET3", "E1000", "E1000E", "VMDK_FILE",
    ]

    /// The words that each field may have.
    private static let values: [String: Set<String>] = [
        "type": kinds, "source_type": kinds, "backing_type": kinds,
        "power_state": ["POWERED_ON", "POWERED_OFF", "SUSPENDED"],
        "state": [
            "POWERED_ON", "POWERED_OFF", "SUSPENDED", "CONNECTED", "NOT_CONNECTED", "RUNNING",
            "NOT_RUNNING",
        ],
        "connection_state": ["CONNECTED", "DISCONNECTED", "NOT_RESPONDING"],
        "status": ["PENDING", "RUNNING", "BLOCKED", "SUCCEEDED", "FAILED"],
        "jsonrpc": ["2.0"],
    ]
}
