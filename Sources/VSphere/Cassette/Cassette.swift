internal import JSON
internal import Transport

/// A recorded session: requests and answers.
///
/// A JSON file, one document per line: first `{"vmoon_cassette":1,…}`, then an entry for each request in the order of
/// the answers.
public struct Cassette {
    /// The version of the format.
    static let version = 1

    /// Why a file is not a cassette.
    public struct Problem: Error, CustomStringConvertible {
        /// One line for a person.
        public let description: String
    }

    let entries: [CassetteEntry]

    /// Reads a cassette.
    /// - Parameter text: The contents of the file.
    /// - Throws: `Problem`, which names the line.
    public init(parsing text: String) throws(Problem) {
        var entries: [CassetteEntry] = []
        for (index, line) in text.split(separator: "\n").enumerated() {
            guard let document = try? JSONValue(parsing: String(line)) else {
                throw Problem(description: "line \(index + 1) is not JSON")
            }
            if index == 0 {
                guard let version = document["vmoon_cassette"]?.integer else {
                    throw Problem(description: "it does not begin as a cassette does")
                }
                guard version == Self.version else {
                    throw Problem(description: "it is of version \(version), not \(Self.version)")
                }
                continue
            }
            guard let entry = CassetteEntry(document) else {
                throw Problem(description: "line \(index + 1) is no request with its answer")
            }
            entries.append(entry)
        }
        guard !text.isEmpty else { throw Problem(description: "it is empty") }
        self.entries = entries
    }

    /// The servers, in the order of their first answers.
    var servers: [String] {
        entries.reduce(into: []) { list, entry in
            if !list.contains(entry.server) { list.append(entry.server) }
        }
    }

    /// The beginning of the first line.
    static let beginning = "{\"vmoon_cassette\":"

    /// The first line.
    static func head(at time: String) -> String {
        let document: JSONValue = [
            "vmoon_cassette": .integer(version), "recorded": .string(time),
        ]
        return JSONEncoder().encode(document) + "\n"
    }
}

/// Records the traffic of a run, or replaces it.
public enum Tape {
    case recorder(CassetteRecorder)
    case player(CassettePlayer)

    /// Registers a secret of the script: it is never written, and recorded texts do not contain it either.
    public func hide(_ secret: Secret) {
        switch self {
        case .recorder(let recorder): recorder.hide(secret)
        case .player(let player): player.hide(secret)
        }
    }
}

extension VCenter {
    /// Makes a client whose traffic is recorded, or is played back instead of being sent.
    /// - Parameters:
    ///   - profile: The connection data of the vCenter.
    ///   - exchange: Sends requests and keeps time.
    ///   - tape: Records or plays; nil for neither.
    ///   - redaction: Removes the secrets of the run from errors.
    public convenience init(
        profile: ConnectionProfile,
        exchange: some Exchange,
        tape: Tape?,
        redaction: Redaction
    ) {
        switch tape {
        case nil: self.init(profile: profile, exchange: exchange, redaction: redaction)
        case .player(let player):
            let playing = PlayingExchange(exchange, player)
            self.init(profile: profile, exchange: playing, redaction: redaction)
        case .recorder(let recorder):
            let recording = RecordingExchange(exchange, recorder)
            self.init(profile: profile, exchange: recording, redaction: redaction)
            recording.vcenter = self
        }
    }
}
