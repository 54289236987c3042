/// The offsets of a place from UTC, as the system's files of time zones have them (RFC 8536).
public struct TimeZone: Sendable, Equatable {
    /// The time on a clock there at a moment.
    public struct Reading: Sendable, Equatable {
        /// Seconds to add to UTC.
        public let offset: Int
        /// The abbreviation: `CET`.
        public let name: String

        /// Makes a reading.
        public init(offset: Int, name: String) {
            self.offset = offset
            self.name = name
        }
    }

    /// UTC itself.
    public static let utc = TimeZone(offset: 0, name: "UTC")

    private var changes: [(moment: Int, reading: Int)] = []
    private var readings: [Reading]
    private var rule: TimeZoneRule?

    /// A place with one offset at all times.
    public init(offset: Int, name: String) { readings = [Reading(offset: offset, name: name)] }

    /// Reads a file; nil if it is none of time zones.
    public init?(file bytes: [UInt8]) {
        guard let first = Block(bytes, at: 0, width: 4) else { return nil }
        var block = first
        if first.version >= 0x32 {
            // The second block has the same in 64 bits, and the rule for what comes after.
            guard let second = Block(bytes, at: first.end, width: 8) else { return nil }
            block = second
            let rest = bytes[block.end...]
            if rest.first == UInt8(ascii: "\n"),
                let last = rest.dropFirst().firstIndex(of: UInt8(ascii: "\n"))
            {
                let text = String(decoding: rest[(rest.startIndex + 1)..<last], as: UTF8.self)
                rule = TimeZoneRule(text)
            }
        }
        guard !block.readings.isEmpty,
            block.changes.allSatisfy({ block.readings.indices.contains($0.reading) })
        else { return nil }
        (changes, readings) = (block.changes, block.readings)
    }

    /// Reads a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; nil if it is none.
    public init?(rule text: String) {
        guard let rule = TimeZoneRule(text) else { return nil }
        readings = [rule.standard]
        self.rule = rule
    }

    /// The time on a clock at a moment.
    public func reading(at seconds: Int) -> Reading {
        if let last = changes.last, seconds < last.moment || rule == nil {
            var (low, high) = (0, changes.count)
            while low < high {
                let middle = (low + high) / 2
                if changes[middle].moment <= seconds { low = middle + 1 } else { high = middle }
            }
            // Before the first change it is the first one that is listed.
            return low == 0 ? readings[0] : readings[changes[low - 1].reading]
        }
        return rule?.reading(at: seconds) ?? readings[0]
    }

    /// The moment at which a clock shows a time of day; one that it skips is later by what is skipped, of two it is the
    /// first.
    /// - Parameter local: Seconds since 1970-01-01 00:00 on that clock.
    /// - Returns: Seconds since 1970-01-01T00:00:00Z.
    public func moment(showing local: Int) -> Int {
        let around = [local - 86_400, local + 86_400].map { reading(at: $0).offset }
        let found = around.map { local - $0 }.filter { $0 + reading(at: $0).offset == local }
        return found.min() ?? local - around[0]
    }

    /// Whether two are the same.
    public static func == (left: TimeZone, right: TimeZone) -> Bool {
        left.readings == right.readings && left.rule == right.rule
            && left.changes.elementsEqual(right.changes, by: ==)
    }
}

/// One of the two blocks of such a file.
private struct Block {
    let version: UInt8
    let end: Int
    var changes: [(moment: Int, reading: Int)] = []
    var readings: [TimeZone.Reading] = []

    init?(_ bytes: [UInt8], at start: Int, width: Int) {
        guard bytes.count >= start + 44, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
            return nil
        }
        func number(at place: Int, _ width: Int) -> Int {
            var value = bytes[place] & 0x80 == 0 ? 0 : -1
            for byte in bytes[place..<place + width] { value = value << 8 | Int(byte) }
            return value
        }
        let counts = (0..<6).map { number(at: start + 20 + 4 * $0, 4) }
        guard counts.allSatisfy({ 0...100_000 ~= $0 }) else { return nil }
        let (ofUTC, ofStandard, leaps, times, types, characters) = (
            counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]
        )
        version = bytes[start + 4]
        let moments = start + 44
        let indices = moments + times * width
        let kinds = indices + times
        let names = kinds + types * 6
        end = names + characters + leaps * (width + 4) + ofStandard + ofUTC
        guard bytes.count >= end else { return nil }
        for place in 0..<times {
            changes.append(
                (number(at: moments + place * width, width), Int(bytes[indices + place]))
            )
        }
        for place in 0..<types {
            let kind = kinds + place * 6
            let first = names + Int(bytes[kind + 5])
            guard first < names + characters else { return nil }
            let name = bytes[first..<names + characters].prefix { $0 != 0 }
            readings.append(
                TimeZone.Reading(
                    offset: number(at: kind, 4),
                    name: String(decoding: name, as: UTF8.self)
                )
            )
        }
    }
}
