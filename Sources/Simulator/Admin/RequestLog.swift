internal import JSON
internal import NIOHTTP1

/// The requests received: a ring, bounded in number and in bytes.
///
/// Of those that it drops the first ten thousand are kept that a fault has hit, or that have changed something: a client
/// that asks without end must not make them forgotten.
struct RequestLog: Sendable {
    /// One request.
    ///
    /// Its texts are packed in one run of bytes, since a hundred thousand are kept.
    struct Entry: Sendable {
        /// Its number, counted from 1; set by the log.
        fileprivate(set) var number = 0
        let operation: String?
        var status: UInt16 = 0
        var isApplied = false
        /// Whether it would change something.
        var isChanging = false
        /// The fault that has hit it.
        var fault: String?
        let hasBody: Bool
        /// The ends of the method, the target, and the headers in the bytes.
        private let ends: (UInt32, UInt32, UInt32)
        private let bytes: [UInt8]

        init(_ request: WireRequest, operation: String?, body: [UInt8]?) {
            self.operation = operation
            hasBody = body != nil
            var bytes: [UInt8] = []
            bytes.reserveCapacity(
                request.target.utf8.count + request.headers.count * 48 + (body?.count ?? 16)
            )
            bytes.append(contentsOf: request.method.utf8)
            let first = UInt32(bytes.count)
            bytes.append(contentsOf: request.target.utf8)
            let second = UInt32(bytes.count)
            for (name, value) in request.headers {
                bytes.append(contentsOf: name.utf8)
                bytes.append(0)
                if Self.isSecret(name) {
                    bytes.append(contentsOf: "***".utf8)
                } else {
                    bytes.append(contentsOf: value.utf8)
                }
                bytes.append(0)
            }
            ends = (first, second, UInt32(bytes.count))
            bytes.append(contentsOf: body ?? [])
            self.bytes = bytes
        }

        /// Its approximate memory in bytes.
        var size: Int { bytes.count + 96 }

        /// The entry as `/sim/requests` has it.
        var document: JSONValue { document(hasHeaders: true) }

        /// The same, with or without headers.
        func document(hasHeaders: Bool) -> JSONValue {
            let target = RequestTarget(text(Int(ends.0)..<Int(ends.1)))
            var document: JSONValue = [
                "n": .integer(number),
                "method": .string(text(0..<Int(ends.0))),
                "path": .string(String(target.path)),
                "query": .string(String(target.query)),
                "headers": hasHeaders ? .object(headers) : .null,
                "body": hasBody ? .string(text(Int(ends.2)..<bytes.count)) : .null,
                "status": status == 0 ? .null : .integer(Int(status)),
                "operation": operation.map { .string($0) } ?? .null,
                "changing": .boolean(isChanging), "applied": .boolean(isApplied),
            ]
            if let fault { document["fault"] = .string(fault) }
            if hasBody, target.path == "/api" {
                document["arguments"] = RemoteCall.arguments(of: Array(bytes[Int(ends.2)...]))
            }
            return document
        }

        /// Names in lower case, in the order received; repeated ones joined by a comma.
        private var headers: [JSONValue.Member] {
            let parts = bytes[Int(ends.1)..<Int(ends.2)]
                .split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            var headers: [JSONValue.Member] = []
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                let name = parts[index].lowercased()
                if let place = headers.firstIndex(where: { $0.name == name }) {
                    let both = (headers[place].value.string ?? "") + ", " + parts[index + 1]
                    headers[place].value = .string(both)
                } else {
                    headers.append(.init(name, .string(parts[index + 1])))
                }
            }
            return headers
        }

        private func text(_ range: Range<Int>) -> String {
            String(decoding: bytes[range], as: UTF8.self)
        }

        private static func isSecret(_ name: String) -> Bool {
            switch HeaderName(name) {
            case .cookie, .authorization, .session: true
            case .headerOnly, nil: false
            }
        }
    }

    private var ring: [Entry] = []
    /// The index of the oldest entry.
    private var start = 0
    private var bytes = 0
    private var nextNumber = 1
    /// The requests that the ring has dropped, and that count.
    private var kept: [Entry] = []
    private static let keptLimit = 10_000
    private(set) var dropped = 0
    private let countLimit: Int
    private let byteLimit: Int

    init(countLimit: Int = 100_000, byteLimit: Int = 40 << 20) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }

    /// The requests, oldest first.
    var entries: [Entry] { kept + ring[start...] + ring[..<start] }

    /// Stores a request.
    /// - Returns: Its number, for `finish`.
    mutating func append(_ entry: Entry) -> Int {
        var entry = entry
        entry.number = nextNumber
        nextNumber += 1
        if bytes + entry.size > byteLimit { shrink() }
        bytes += entry.size
        if ring.count < countLimit {
            ring.append(entry)
        } else {
            let oldest = ring[start]
            bytes -= oldest.size
            ring[start] = entry
            start = (start + 1) % ring.count
            drop([oldest])
        }
        return entry.number
    }

    /// Records how a request ended.
    mutating func finish(_ number: Int, status: Int?, isApplied: Bool) {
        change(number) { entry in
            if let status { entry.status = UInt16(clamping: status) }
            if isApplied { entry.isApplied = true }
        }
    }

    /// Records the fault that has hit a request.
    mutating func note(_ fault: String, of number: Int) {
        change(number) { $0.fault = fault }
    }

    private mutating func change(_ number: Int, _ change: (inout Entry) -> Void) {
        if let place = place(of: number) {
            change(&ring[place])
        } else if let place = kept.firstIndex(where: { $0.number == number }) {
            change(&kept[place])
        }
    }

    /// Counts what the ring has no room for, and keeps what matters.
    private mutating func drop(_ entries: some Sequence<Entry>) {
        for entry in entries {
            let counts = entry.fault != nil || entry.isApplied
            if counts, kept.count < Self.keptLimit { kept.append(entry) } else { dropped += 1 }
        }
    }

    /// Where a request is in the ring; nil if it was dropped.
    private func place(of number: Int) -> Int? {
        let age = nextNumber - 1 - number
        guard age >= 0, age < ring.count else { return nil }
        let place = (start + ring.count - 1 - age) % ring.count
        return ring[place].number == number ? place : nil
    }

    /// Removes all requests; the numbers continue.
    mutating func removeAll() {
        (ring, kept) = ([], [])
        start = 0
        bytes = 0
        dropped = 0
    }

    /// Drops the older half of the entries: rare, since only large bodies lead here.
    private mutating func shrink() {
        let all = ring[start...] + ring[..<start]
        drop(all.prefix(all.count - all.count / 2))
        ring = Array(all.suffix(all.count / 2))
        start = 0
        bytes = ring.reduce(0) { $0 + $1.size }
    }
}
