internal import NIOHTTP1

/// The status line and the fields of an answer, as bytes.
///
/// NIO's own encoder takes three passages through the pipeline and an allocation for each field; an
/// answer here is one run of bytes, head and body, and one write.
struct AnswerHead {
    /// How the end of a body is marked.
    enum Framing {
        /// The body has this many bytes; status codes without a body say none.
        case length(Int)
        case chunks
        /// It ends with the connection: HTTP/1.0 knows no chunks.
        case connection
    }

    let status: Int
    let framing: Framing
    /// Whether the connection ends behind the answer.
    let isLast: Bool
    let isVersion10: Bool
    /// The simulated time, as the `Date` field says it.
    let date: WireBytes

    /// Whether an answer of a status has no body, whatever is given: RFC 9110, section 6.4.1.
    static func isBodiless(_ status: Int) -> Bool {
        status == 204 || status == 304 || (100..<200).contains(status)
    }

    /// Writes the head of an answer, with the empty line behind it.
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
        // A fault's own field counts: a server whose clock is wrong.
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

    /// Writes a text that a fault may have given: no control character of it may forge a line.
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
