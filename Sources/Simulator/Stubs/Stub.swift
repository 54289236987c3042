internal import APIIndex
internal import JSON

/// An answer to an operation of the Automation API that the simulator does not have.
///
/// Shape: `{"service": "cis.tagging.tag", "operation": "list", "result": […]}`, or `error` with a kind instead of a
/// result. The result is written as clients read it; what it lacks of its type, or has beyond it, refuses it.
struct Stub: Sendable {
    /// Service and operation as on the wire, with a dot between them.
    let name: String
    let isChanging: Bool
    /// The result in JSON-RPC's form, or the error.
    let outcome: Result<String, VAPIError>

    init(_ document: JSONValue) throws(StubError) {
        let known = ["service", "operation", "result", "error"]
        if let other = document.members?.first(where: { !known.contains($0.name) }) {
            throw StubError(
                "there is no field \(other.name); the fields are \(known.joined(separator: ", "))"
            )
        }
        guard let service = document["service"]?.string,
            let operation = document["operation"]?.string
        else { throw StubError("service and operation must be there") }
        let prefix = APIOperation.prefix
        let short = service.hasPrefix(prefix) ? String(service.dropFirst(prefix.count)) : service
        guard let facts = APIFacts.operation("\(short).\(operation)") else {
            throw StubError("the Automation API has no \(short).\(operation)")
        }
        name = "\(facts.wireService).\(facts.name)"
        isChanging = !facts.isReading
        if let word = document["error"]?.string {
            guard let kind = VAPIError.Kind(rawValue: word) else {
                throw StubError("there is no error \(word)")
            }
            let text = "The simulator was told to answer so: \(word)."
            outcome = .failure(VAPIError(kind, "stub.\(word)", text))
        } else {
            let value = try StubEncoder().canonical(document["result"], as: facts.result)
            outcome = .success(JSONEncoder().encode(value))
        }
    }

    /// Reads one, or an array of them.
    static func read(_ document: JSONValue) throws(StubError) -> [Stub] {
        var stubs: [Stub] = []
        for one in document.array ?? [document] { stubs.append(try Stub(one)) }
        return stubs
    }
}

/// Why a stub is none.
struct StubError: Error, CustomStringConvertible {
    var path: [String] = []
    let problem: String

    init(_ problem: String) { self.problem = problem }

    var description: String {
        path.isEmpty ? problem : "\(path.joined(separator: ".")): \(problem)"
    }

    /// The same, seen from one level further out.
    func inside(_ name: String) -> StubError {
        var error = self
        error.path.insert(name, at: 0)
        return error
    }
}
