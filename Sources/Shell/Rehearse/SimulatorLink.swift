internal import Buffers
internal import JSON
internal import Text
internal import Transport

/// Asks simulators, under `/sim/`.
final class SimulatorLink {
    private let multi: Multi
    private let headers: HeaderList?

    /// How long a simulator may take, since it answers at once.
    private static var limit: Duration { .seconds(30) }

    init(_ multi: Multi) {
        self.multi = multi
        headers = try? HeaderList([("Content-Type", "application/json")])
    }

    /// Why a simulator did not do what it was asked for, for a person.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// Asks for something.
    /// - Parameters:
    ///   - method: GET, POST, …
    ///   - url: The whole address.
    ///   - body: A body of JSON; nil for none.
    ///   - completion: Called with the answer; null for an empty one.
    func ask(
        _ method: Method,
        _ url: String,
        _ body: JSONValue? = nil,
        completion: @escaping (Result<JSONValue, Problem>) -> Void
    ) {
        guard let headers else { return completion(.failure(Problem(description: "no memory"))) }
        var request = Request(method, ByteBuffer(url), headers: headers, trust: Trust())
        request.body = body.map { ByteBuffer(JSONEncoder().encode($0)) }
        request.timeout = Self.limit
        request.answerLimit = 1 << 30
        multi.start(request) { result in
            switch result {
            case .failure(let error):
                let text = "the simulator does not answer: \(Display.escape(error.message))"
                completion(.failure(Problem(description: text)))
            case .success(let response):
                let tree =
                    response.body.count == 0 ? .null : try? JSONParser().decode(response.body.bytes)
                guard (200..<300).contains(response.status), let tree else {
                    let text = Display.escape(String(response.body.text.prefix(200)))
                    let what =
                        "the simulator refuses \(method.rawValue) \(url): \(response.status) \(text)"
                    return completion(.failure(Problem(description: what)))
                }
                completion(.success(tree))
            }
        }
    }

    /// Asks for something, and waits for the answer.
    /// - Returns: The answer; nil if there is none that can be used.
    func wait(_ method: Method, _ url: String, _ body: JSONValue? = nil) -> JSONValue? {
        var result: Result<JSONValue, Problem>?
        ask(method, url, body) { result = $0 }
        while result == nil {
            guard (try? multi.turn()) != nil else { return nil }
        }
        return try? result?.get()
    }
}
