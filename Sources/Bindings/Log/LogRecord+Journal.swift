internal import JSON

extension LogRecord {
    /// The record in systemd's native journal protocol: each field by itself.
    ///
    /// Shape: `MESSAGE`, `PRIORITY` as in syslog, `SYSLOG_IDENTIFIER`, `VMOON_RUN_ID`, then the record's
    /// fields as `VMOON_` and their names in upper case; names that the journal would refuse are left out.
    /// - Parameters:
    ///   - runID: The run.
    ///   - message: The text of `MESSAGE`; nil for the text for a person, on one line.
    /// - Returns: The bytes of one datagram.
    public func journalEntry(runID: String, message: String? = nil) -> [UInt8] {
        var entry: [UInt8] = []
        func add(_ name: String, _ value: String) {
            let bytes = Array(value.utf8)
            entry += Array(name.utf8)
            if bytes.contains(UInt8(ascii: "\n")) {
                entry.append(UInt8(ascii: "\n"))
                entry += (0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) }
            } else {
                entry.append(UInt8(ascii: "="))
            }
            entry += bytes + [UInt8(ascii: "\n")]
        }
        add("MESSAGE", message ?? body)
        add("PRIORITY", "\(priority)")
        add("SYSLOG_IDENTIFIER", "vmoon")
        add("VMOON_RUN_ID", runID)
        for field in fields {
            let name = "VMOON_" + field.name.uppercased()
            guard Self.isJournalName(name) else { continue }
            if case .string(let text) = field.value {
                add(name, text)
            } else {
                add(name, JSONEncoder().encode(field.value))
            }
        }
        return entry
    }

    /// The level as syslog's number.
    public var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .warn: 4
        case .error: 3
        }
    }

    private static func isJournalName(_ name: String) -> Bool {
        name.utf8.count <= 64
            && name.utf8.allSatisfy {
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }
}
