internal import VSphere

/// The name of a run or an operation on a command line: its identifier, or as much of it as tells it from others.
struct RecordName {
    enum Kind: String { case run, operation }

    /// The shortest beginning of an identifier that is accepted, and the length that lists show.
    static let shortest = 8

    let text: String
    let kind: Kind

    init(_ text: String, of kind: Kind) { (self.text, self.kind) = (text, kind) }

    /// The first digits of an identifier, as lists show it.
    static func short(_ identifier: String) -> String { String(identifier.prefix(shortest)) }

    /// Chooses the record that is meant.
    /// - Parameter identifiers: Those in the journal that begin so; three of them are enough.
    /// - Returns: The identifier, or why none is chosen.
    func choose(among identifiers: [String]) -> Result<String, SettingsError> {
        if identifiers.contains(text) { return .success(text) }
        guard text.count >= Self.shortest else {
            return .failure(
                SettingsError(
                    "\(text.quotedForMessage) is too short to name \(kind == .run ? "a run" : "an operation")",
                    hint: "give the first \(Self.shortest) characters of its identifier, or more",
                    exitCode: .usage
                )
            )
        }
        switch identifiers.count {
        case 1: return .success(identifiers[0])
        case 0:
            return .failure(
                SettingsError(
                    "the journal has no \(kind.rawValue) whose identifier begins with \(text.quotedForMessage)",
                    hint: kind == .run
                        ? "vmoon runs lists them"
                        : "vmoon reconcile shows what is open, vmoon runs ID what a run did",
                    exitCode: .notFound
                )
            )
        default:
            let shown = identifiers.prefix(2).joined(separator: ", ")
            return .failure(
                SettingsError(
                    "several \(kind.rawValue)s have an identifier that begins with \(text.quotedForMessage): "
                        + shown + (identifiers.count > 2 ? ", ..." : ""),
                    hint: "give more of it",
                    exitCode: .invalidInput
                )
            )
        }
    }
}
