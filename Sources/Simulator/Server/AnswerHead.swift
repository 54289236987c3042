internal import NIOHTTP1

/// The status line and the fields of an answer, as bytes.
///
/// NIO's own encoder takes three passes through the pipeline and an allocation for each field; here an
/// answer is one run of bytes, head and body, and one write.
struct AnswerHead {
    /// How the end of a body is marked.
    enum Framing {
        /// The body has this many bytes; no length is sent for a status without a body.
        case length(Int)
        case chunks
        /// It ends with the connection: HTTP/1.0 has no chunks.
        case connection
    }

    let status: Int
    let framing: Framing
    /// Whether the connection ends after the answer.
    let isLast: Bool
    let isVersion10: Bool
    /// The simulated time in the form of the `Date` field.
    let date: WireBytes

    /// Whether an answer with a status never has a body: RFC 9110, section 6.4.1.
    static func isBodiless(_ status: Int) -> Bool {
        status == 204 || status == 304 || (100..<200).contains(status)
    }

    /// Writes the head of an answer, including the empty line after it.
    func write(_ reply: Reply, into out: inout WireBytes) {
        out.append(isVersion10 ? "HTTP/1.0 " : ("HTTP/1.1 " as StaticString))
        out.append(decimal: status)
        if status == 200 {
            out.append(" OK\r\n" as StaticString)
        } else {
            out.append(" " as StaticString)
            out.append(HTTPResponseStatus(statusCode: status).reasonPhrase)
            out.append("\r\n" as StaticString)
        }
        // A fault's own field has precedence: it simulates a wrong clock.
        if !reply.headers.contains(where: { $0.name.lowercased() == "date" }) {
            out.append("date: " as StaticString)
            out.append(contentsOf: date)
            out.append("\r\n" as StaticString)
        }
        if let type = reply.contentType {
            out.append("content-type: " as StaticString)
            append(value: type, to: &out)
        }
        switch framing {
        case .length(let count) where !Self.isBodiless(status):
            out.append("content-length: " as StaticString)
            out.append(decimal: count)
            out.append("\r\n" as StaticString)
        case .chunks: out.append("transfer-encoding: chunked\r\n" as StaticString)
        case .length, .connection: break
        }
        let ends =
            isLast || reply.headers.contains { $0.name == "connection" && $0.value == "close" }
        for (name, value) in reply.headers where name != "connection" {
            append(value: name, to: &out, end: ": ")
            append(value: value, to: &out)
        }
        if ends {
            out.append("connection: close\r\n" as StaticString)
        } else if isVersion10 {
            out.append("connection: keep-alive\r\n" as StaticString)
        }
        out.append("\r\n" as StaticString)
    }

    /// Writes a text that a fault may have set: control characters in it must not make a new line.
    private func append(
        value: String,
        to out: inout WireBytes,
        end: StaticString = "\r\n"
    ) {
        let start = out.count
        out.append(value)
        for place in start..<out.count where out[place] < 0x20 || out[place] == 0x7F {
            out[place] = UInt8(ascii: " ")
        }
        out.append(end)
    }
}
