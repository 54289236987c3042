internal import Text
internal import Transport

/// When a certificate is valid.
struct CertificateTime {
    /// Judges it at some time.
    enum Verdict: Equatable {
        case good, unknown
        /// Not yet, but from this day on.
        case early(String)
        /// It ends on this day, in so many days.
        case ending(String, days: Int)
        case expired(String)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; nil where the text could not be read.
    let start: Int64?
    let end: Int64?

    init(_ certificate: TransportError.Shown.Certificate) {
        start = Self.parse(certificate.start)
        end = Self.parse(certificate.end)
    }

    /// So long before its end a certificate ought to be renewed.
    private static var warning: Int64 { 30 * 86_400_000 }

    func verdict(at now: Int64) -> Verdict {
        guard let end else { return .unknown }
        if end < now { return .expired(Self.day(end)) }
        if let start, start > now { return .early(Self.day(start)) }
        let left = end - now
        return left < Self.warning ? .ending(Self.day(end), days: Int(left / 86_400_000)) : .good
    }

    /// `2026-11-29`.
    static func day(_ time: Int64) -> String { String(Timestamp.text(time).prefix(10)) }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a time as OpenSSL writes it: `Nov  9 07:00:00 2026 GMT`.
    static func parse(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 5, words[4] == "GMT",
            let month = months.firstIndex(of: String(words[0]))
        else { return nil }
        func padded(_ text: Substring) -> String { text.utf8.count < 2 ? "0" + text : String(text) }
        let date = "\(words[3])-\(padded("\(month + 1)"))-\(padded(words[1]))"
        return Timestamp(parsing: "\(date)T\(words[2])Z").map { Int64($0.seconds) * 1000 }
    }
}

/// The names in a certificate, out of OpenSSL's texts.
enum CertificateNames {
    /// The hosts of `DNS:vc.example.com, IP Address:192.0.2.1`; the common name of a subject, where that is what
    /// it is.
    static func alternatives(in text: String) -> [String] {
        let parts = text.split(separator: ",").map { $0.drop { $0 == " " } }
        let names = parts.compactMap { part -> String? in
            for mark in ["DNS:", "IP Address:", "URI:", "email:"] where part.hasPrefix(mark) {
                return String(part.dropFirst(mark.count))
            }
            return nil
        }
        if !names.isEmpty || text.isEmpty { return names }
        return [common(in: text)]
    }

    /// The common name of `C = US, O = Example, CN = CA`; the whole if there is none.
    static func common(in text: String) -> String {
        for part in text.split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1).map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            if halves.count == 2, halves[0] == "CN" { return halves[1] }
        }
        return text
    }
}
