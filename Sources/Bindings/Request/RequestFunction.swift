internal import LuaHost
internal import Buffers
internal import Text
internal import Transport
internal import VSphere

extension FunctionSpec {
    /// `request`: any API call, also one without a function of its own.
    static let request = FunctionSpec(
        "request",
        "Makes any other call of the Automation API, in the dialect that the session speaks.",
        [
            Parameter(
                "call",
                """
                {path: string, method: string?, query: table?, body: any, wrap: string|boolean?, \
                maps: string[]?}
                """,
                "path behind /rest or /api, percent-encoded; method (\"GET\"); query by name; body as "
                    + "/api wants it; wrap: what /rest calls the body (\"spec\"), false for nothing; maps: "
                    + "where body and answer hold maps, such as \"disks\" or \"*.nics\""
            )
        ],
        returns: Result(
            "any",
            "the answer without its envelope; nil where it is empty. All but GET and HEAD counts as a "
                + "change"
        ),
        errors: ["not_found", "no_such_route", "unauthorized", "unknown_outcome", "error"],
        example: """
            local vm = listVMs()[1].vm
            print(request{ path = "/vcenter/vm/" .. vm, maps = { "disks", "nics" } }.power_state)
            """,
        receivers: [.session],
        waits: true
    ) { runtime, call in
        do throws(VSphereError) {
            let secrets = SecretArguments(runtime.configuration.secrets, of: "request")
            let fields = try RequestFields(try secrets.revealed(call.arguments.values))
            try runtime.checkPolicy("request", isChanging: fields.isChanging)
            let target = try runtime.target(of: call.arguments, for: "request")
            return runtime.send(try fields.call(), to: target, call)
        } catch {
            return runtime.raise(error, in: call)
        }
    }
}

/// The fields of `request{…}`.
struct RequestFields {
    private let method: Transport.Method
    private let path: String
    private let query: Value?
    private let body: Value?
    private let parameter: String?
    private let maps: [String]

    var isChanging: Bool { method != .get && method != .head }

    /// Reads the table.
    /// - Throws: kind `usage` for a field that is missing, misspelt, or of another type.
    init(_ arguments: [Value]) throws(VSphereError) {
        let isMethod = arguments.first?.object?.kind == ObjectKind.session.rawValue
        let given = isMethod ? Array(arguments.dropFirst()) : arguments
        guard given.count == 1, let table = given.first, table.kind == .record else {
            throw Self.usage("takes one table", "request{ path = \"/vcenter/datacenter\" }")
        }
        let known = ["method", "path", "query", "body", "wrap", "maps"]
        for (key, _) in table.fields where !known.contains(key.string ?? "") {
            throw Self.usage(
                "there is no field \(Display.name(key.string ?? "?"))",
                "the fields are \(known.joined(separator: ", "))"
            )
        }
        guard let path = table["path"]?.string else {
            throw Self.usage("path is missing", "path = \"/vcenter/datacenter\"")
        }
        self.path = path
        let word = table["method"].map { $0.string?.uppercased() ?? "" } ?? "GET"
        guard let method = Transport.Method(rawValue: word) else {
            let words = Transport.Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw Self.usage("method is not one of \(words)", "method = \"POST\"")
        }
        self.method = method
        query = table["query"]
        body = table["body"]
        parameter = try Self.parameter(table["wrap"])
        maps = try Self.maps(table["maps"])
    }

    /// The checked call.
    func call() throws(VSphereError) -> Call {
        try Call(
            requesting: method,
            path: path,
            query: query,
            body: body,
            wrappedAs: parameter,
            maps: maps
        )
    }

    private static func parameter(_ wrap: Value?) throws(VSphereError) -> String? {
        guard let wrap else { return "spec" }
        if wrap.boolean == false { return nil }
        let name = wrap.string ?? ""
        let isName = name.utf8.allSatisfy { byte in
            byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
                || byte == UInt8(ascii: "_")
        }
        guard !name.isEmpty, isName else {
            throw usage("wrap must be a name or false", "wrap = \"filter_spec\"")
        }
        return name
    }

    private static func maps(_ paths: Value?) throws(VSphereError) -> [String] {
        guard let paths else { return [] }
        let texts = paths.elements.compactMap(\.string)
        guard texts.count == paths.count, !texts.contains("") else {
            throw usage("maps must be a list of paths", "maps = { \"disks\", \"*.nics\" }")
        }
        return texts
    }

    private static func usage(_ message: String, _ hint: String) -> VSphereError {
        VSphereError(.usage, message, operation: "request", hint: hint)
    }
}
