/// Writes to a journal as JSON: what the database's function `vmoon.commit` takes, and what is kept until the database
/// is there again.
///
/// The keys are the columns, so that the database makes rows of them by itself.
struct WriteDocument {
    private(set) var bytes: [UInt8] = []

    /// The document.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Makes the document of groups of writes.
    static func groups(_ groups: [[JournalWrite]]) -> String {
        var document = WriteDocument()
        document.list(groups) { $0.group($1) }
        return document.text
    }

    /// One group: what it depends on, and its writes.
    static func group(_ writes: [JournalWrite]) -> String {
        var document = WriteDocument()
        document.group(writes)
        return document.text
    }

    private mutating func group(_ writes: [JournalWrite]) {
        let claims = writes.compactMap(\.claim)
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        if let owner = claims.first?.owner {
            field("owner", owner, &isFirst)
            key("claims", &isFirst)
            // Without a key it is only needed that the owner lives.
            list(claims.filter { !$0.key.isEmpty }) { document, claim in
                var isFirst = true
                document.bytes.append(UInt8(ascii: "{"))
                document.field("key", claim.key, &isFirst)
                document.field("epoch", claim.epoch, &isFirst)
                document.bytes.append(UInt8(ascii: "}"))
            }
        }
        key("writes", &isFirst)
        list(writes) { $0.write($1) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ write: JournalWrite) {
        switch write {
        case .begin(let run): object("begin", run.columns)
        case .recipe(let run, let text):
            object("recipe", [("id", .text(run)), ("recipe", .text(text))])
        case .step(let step): object("step", step.columns)
        case .intend(let operation, _):
            let names = OperationRecord.columnNames
            object("intend", Array(zip(names, operation.values)))
        case .attempt(let operation, let count, let deadline, let serverTime, _):
            object(
                "attempt",
                [
                    ("id", .text(operation)), ("attempts", .integer(Int64(count))),
                    ("deadline", .integer(deadline)), ("server_time", .integer(serverTime)),
                ]
            )
        case .settle(let operation, let settlement, let ifOpen):
            object(
                ifOpen ? "settle if open" : "settle",
                [("id", .text(operation))] + settlement.columns
            )
        case .end(let run, let ending, let time):
            object(
                "end",
                [("id", .text(run)), ("ending", .text(ending)), ("ended", .integer(time))]
            )
        case .retire(let age): object("retire", [("age", .integer(age))])
        case .forget(let time): object("forget", [("before", .integer(time))])
        }
    }

    private mutating func object(_ action: String, _ fields: [(String, Database.Value)]) {
        var isFirst = true
        bytes.append(UInt8(ascii: "{"))
        field("do", action, &isFirst)
        for (name, value) in fields {
            switch value {
            case .text(let text?): field(name, text, &isFirst)
            case .integer(let number?): field(name, number, &isFirst)
            case .text(nil), .integer(nil): break
            }
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(
        _ elements: [Element],
        _ write: (inout WriteDocument, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (place, element) in elements.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func key(_ name: String, _ isFirst: inout Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func field(_ name: String, _ text: String, _ isFirst: inout Bool) {
        key(name, &isFirst)
        string(StoredText.encoded(text))
    }

    private mutating func field(_ name: String, _ number: Int64, _ isFirst: inout Bool) {
        key(name, &isFirst)
        bytes += Array("\(number)".utf8)
    }

    private mutating func string(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension RunRecord {
    /// Its columns at its beginning, with their names.
    fileprivate var columns: [(String, Database.Value)] {
        [
            ("id", .text(identifier)), ("started", .integer(started)), ("script", .text(script)),
            ("arguments", .text(ArgumentText.join(arguments))), ("host", .text(host)),
            ("process", .integer(Int64(process))), ("continues", .text(continues)),
            ("origin", .text(origin)), ("recipe", .text(recipe)), ("plan", .text(plan)),
        ]
    }
}

extension StepRecord {
    fileprivate var columns: [(String, Database.Value)] {
        [
            ("run", .text(run)), ("name", .text(name)), ("began", .integer(began)),
            ("ended", .integer(ended)), ("result", .text(result)), ("failure", .text(failure)),
            ("times", .text(times.map(String.init).joined(separator: " "))),
        ]
    }
}

extension Settlement {
    fileprivate var columns: [(String, Database.Value)] {
        [
            ("outcome", .text(outcome.rawValue)), ("result", .text(result)),
            ("detail", .text(detail.map { ArgumentText.join($0.facts) })),
            ("detail_key", .text(detail?.key)), ("reply", .text(reply)), ("error", .text(error)),
            ("settled", .integer(time)),
        ]
    }
}
