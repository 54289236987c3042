internal import Buffers
internal import Transport

/// The table `{status, headers, body}` that a script gets.
enum HTTPAnswer {
    /// Writes an answer.
    ///
    /// Header names are in lower case; values of a repeated header are joined, as RFC 9110 §5.3 allows.
    static func write(_ response: Response, into out: ValueBuffer) {
        var headers: [(name: String, value: String)] = []
        for (name, value) in response.headers {
            let name = name.lowercased()
            if let known = headers.firstIndex(where: { $0.name == name }) {
                headers[known].value += ", " + value
            } else {
                headers.append((name, value))
            }
        }
        write(status: response.status, headers: headers, into: out) { $0.put(response.body) }
    }

    /// Writes the table from its parts.
    static func write(
        status: Int,
        headers: [(name: String, value: String)],
        into out: ValueBuffer,
        body: (ValueBuffer) -> Void
    ) {
        out.putRecord {
            out.put(literal: "status")
            out.put(status)
            out.put(literal: "headers")
            out.putRecord {
                for (name, value) in headers {
                    out.put(name)
                    out.put(value)
                }
                return headers.count
            }
            out.put(literal: "body")
            body(out)
            return 3
        }
    }
}
