import JSON
import Support
import Testing

/// A simulator over plain HTTP, with a session.
struct WireClient {
    /// The two dialects of REST; the tests spell them out instead of asking the simulator's.
    enum Form: String, CaseIterable, Sendable {
        case rest, api
    }

    let simulator: SimulatorProcess
    let connection: PlainConnection
    let form: Form
    let session: String

    static let templates = "/vcenter/vm-template/library-items"

    init(_ form: Form, arguments: [String] = [], user: String? = nil) throws {
        try self.init(form, SimulatorProcess(arguments: ["--http"] + arguments), user: user)
    }

    init(_ form: Form, _ simulator: SimulatorProcess, user: String? = nil) throws {
        self.simulator = simulator
        self.form = form
        connection = try simulator.connect()
        session = try Self.logIn(
            connection,
            form,
            user ?? simulator.user,
            simulator.password
        )
    }

    /// Opens a session.
    static func logIn(
        _ connection: PlainConnection,
        _ form: Form,
        _ user: String,
        _ password: String
    ) throws -> String {
        let path = form == .rest ? "/rest/com/vmware/cis/session" : "/api/session"
        let answer = try connection.exchange(
            "POST",
            path,
            headers: [basic(user, password), "vmware-use-header-authn: true"]
        )
        let value = try JSONParser().decode(answer.body)
        return try #require((value["value"] ?? value).string, "\(answer.status) \(answer.text)")
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Authorization: Basic " + base64(Array("\(user):\(password)".utf8))
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            var letters: [Character] = []
            for _ in 0..<4 {
                letters.append(digits[bits & 63])
                bits >>= 6
            }
            text += String(letters.reversed().prefix(group.count + 1))
            text += String(repeating: "=", count: 3 - group.count)
        }
        return text
    }

    /// Sends a request whose path begins behind `/rest` or `/api`; a body is wrapped for `/rest`.
    func send(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [String] = []
    ) throws -> PlainConnection.Answer {
        let body = body.map { form == .rest ? ["spec": $0] : $0 }
        return try connection.exchange(
            method,
            "/\(form.rawValue)\(path)",
            headers: ["vmware-api-session-id: \(session)"] + headers,
            body: body.map { JSONEncoder().encode($0) }
        )
    }

    /// The value of a success, taken out of its envelope.
    func value(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        let answer = try send(method, path, body)
        #expect(
            (200..<300).contains(answer.status),
            "\(answer.text)",
            sourceLocation: sourceLocation
        )
        if answer.body.isEmpty { return .null }
        let value = try JSONParser().decode(answer.body)
        return form == .rest ? value["value"] ?? .null : value
    }

    /// The status and kind of an error, as the wire has them.
    func failure(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [String] = []
    ) throws -> String {
        Self.failure(try send(method, path, body, headers: headers), form)
    }

    static func failure(_ answer: PlainConnection.Answer, _ form: Form) -> String {
        let body = (try? JSONParser().decode(answer.body)) ?? .null
        let type = form == .rest ? body["value"]?["error_type"] : body["error_type"]
        return "\(answer.status) \(type?.string ?? "-")"
    }

    /// The identifier of an item of the library `golden`.
    func item(_ name: String) throws -> String {
        let content = form == .rest ? "/com/vmware/content/library" : "/content/library"
        let action = form == .rest ? "~action" : "action"
        let library = try value("POST", "\(content)?\(action)=find", ["name": "golden"])
        let found = try value(
            "POST",
            "\(content)/item?\(action)=find",
            ["name": .string(name), "library_id": library.array?.first ?? .null]
        )
        return try #require(found.array?.first?.string)
    }
}
