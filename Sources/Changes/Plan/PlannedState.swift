internal import Text

/// The state that a change was planned on, and what has moved since.
struct PlannedState {
    /// The item's latest version; nil where it was not read.
    var latest: String?
    /// Its live versions and the machines that are checked out; nil where they were not read.
    var parts: (versions: [String], checkOuts: [String])?
    /// The machine's state of power; nil where it was not read, or where the plan sets it.
    var power: String?
    /// Whether the name was looked up, and what had it.
    var name: Name?
    /// The library that decides.
    var library: String?
    /// The objects that were missing, in words of a refusal.
    var missing: [String] = []

    /// A name that was looked up.
    struct Name {
        /// The machine or item that had it; nil for a free one.
        let owner: String?
    }

    /// The same state, as a run sees it.
    struct Seen {
        var item: Observation.State?
        var history: [Observation.Change] = []
        /// The state of power; empty for a machine that is gone.
        var power: String?
        var nameOwners: [String]?
        var missing: [String]?
    }

    /// One difference.
    enum Move: Equatable {
        case versionMade(String)
        case versionGone(String)
        case latestIs(String, not: String)
        case checkedOut(String)
        case checkOutGone(String)
        case power(String, not: String)
        case machineGone
        case nameTaken(by: String)
        case nameFree(of: String)
        case found(String)
    }

    /// The differences from the plan, in words.
    func moves(in seen: Seen) -> [Move] {
        var moves: [Move] = []
        if let item = seen.item {
            if let parts {
                let live = item.versions.map(\.identifier)
                moves += live.filter { !parts.versions.contains($0) }.map { .versionMade($0) }
                moves += parts.versions.filter { !live.contains($0) }.map { .versionGone($0) }
                moves += item.checkOuts.map(\.vm).filter { Self.lacks(parts.checkOuts, $0) }
                    .map { .checkedOut($0) }
                moves += parts.checkOuts.filter { Self.lacks(item.checkOuts.map(\.vm), $0) }
                    .map { .checkOutGone($0) }
            }
            if let latest, let now = item.latest, now != latest,
                !moves.contains(.versionMade(now))
            {
                moves.append(parts == nil ? .versionMade(now) : .latestIs(now, not: latest))
            }
        }
        if let power, let now = seen.power, now != power {
            moves.append(now.isEmpty ? .machineGone : .power(now, not: power))
        }
        if let name, let owners = seen.nameOwners {
            if let owner = name.owner {
                if Self.lacks(owners, owner) { moves.append(.nameFree(of: owner)) }
            } else if let owner = owners.first {
                moves.append(.nameTaken(by: owner))
            }
        }
        if let still = seen.missing {
            moves += missing.filter { !still.contains($0) }.map { .found($0) }
        }
        return moves
    }

    private static func lacks(_ machines: [String], _ vm: String) -> Bool {
        !machines.contains { MachineName.isSame($0, vm) }
    }
}

extension PlannedState.Move {
    /// The machine of a check-out that has to be asked who made it.
    var newCheckOut: String? { if case .checkedOut(let vm) = self { vm } else { nil } }

    /// One phrase, with who and when where the vCenter tells; safe to show.
    /// - Parameters:
    ///   - history: The item's history.
    ///   - checkOut: The check-out of the machine, if it is about one.
    ///   - vm: The machine that the change is about.
    /// - Returns: The phrase.
    func words(
        _ history: [Observation.Change],
        _ checkOut: Observation.CheckOut?,
        about vm: String
    ) -> String {
        switch self {
        case .versionMade(let version):
            "version \(Display.escape(version)) was made since" + Self.maker(of: version, history)
        case .versionGone(let version): "version \(Display.escape(version)) is gone"
        case .latestIs(let now, let planned):
            "the latest version is \(Display.escape(now)), not \(Display.escape(planned))"
        case .checkedOut(let vm): (checkOut ?? Observation.CheckOut(vm)).line
        case .checkOutGone(let vm): "\(Display.escape(vm)) is checked out of it no longer"
        case .power(let now, let planned):
            "\(Display.escape(vm)) is \(Self.word(now)) now, and was \(Self.word(planned))"
        case .machineGone: "\(Display.escape(vm)) is gone"
        case .nameTaken(let owner): "its name is taken by \(Display.escape(owner))"
        case .nameFree(let owner):
            "its name, which \(Display.escape(owner)) had, is not taken any more"
        case .found(let refusal):
            "it was to be refused because \(refusal), and that is so no longer"
        }
    }

    /// Author, time and message of the entry that made a version.
    private static func maker(of version: String, _ history: [Observation.Change]) -> String {
        guard let entry = history.first(where: { $0.version == version }) else { return "" }
        let user = Display.escape(entry.user ?? "an unknown user")
        let text = OperationToken.withoutMark(entry.message)
        let message = Display.escape(bytes: Array(text.utf8), limit: 80)
        return ", by \(user) at \(Display.escape(entry.time))"
            + (message.isEmpty ? "" : ": \(message)")
    }

    private static func word(_ power: String) -> String {
        switch power {
        case "POWERED_ON": "on"
        case "POWERED_OFF": "off"
        default: Display.escape(power.lowercased())
        }
    }
}
