public import Journal
internal import Text
internal import VSphere

extension Detail {
    /// The sentences; what they are called is in journals and stays as it is.
    enum Key: String, CaseIterable {
        case gone, power, superseded, used
        case machineOrTemplateGone = "machine_or_template_gone"
        case versionMade = "version_made"
        case checkedIn = "checked_in"
        case notSeen = "not_seen"
        case byHand = "by_hand"
        // Why it is not known.
        case stopped, unobservable, unreadable, unclear, candidate
        case notSeenYet = "not_seen_yet"
        case otherPower = "other_power"
        case notTold = "not_told"
        case itemGone = "item_gone"
        case machineGone = "machine_gone"
        case objectGone = "object_gone"
        case asWanted = "as_wanted"
        case noHistory = "no_history"
        case tracksCovered = "tracks_covered"
        case madeAndUndone = "made_and_undone"
    }

    /// Makes one of a sentence and of what stands in it.
    init(_ key: Key, _ facts: String...) { self.init(key, facts: facts) }

    // Text of a server may contain a NUL, which separates facts in a journal.
    private init(_ key: Key, facts: [String]) {
        self.init(key: key.rawValue, facts: facts.map { Display.escape($0) })
    }

    /// The same about a version, with who made it and when, where the history tells.
    init(_ key: Key, _ version: String, by change: Observation.Change?) {
        let maker = change.map { [$0.user ?? "", $0.time] } ?? []
        self.init(key, facts: [version] + maker)
    }

    /// One line for a person.
    public var sentence: String {
        func fact(_ place: Int) -> String {
            facts.indices.contains(place) ? Display.escape(facts[place]) : ""
        }
        guard let key else { return fact(0) }
        let user = fact(1).isEmpty ? "an unknown user" : fact(1)
        let maker = facts.count < 3 ? "" : " by \(user) at \(fact(2))"
        switch Key(rawValue: key) {
        case .gone: return "it is gone, whoever did that"
        case .machineOrTemplateGone:
            return "the machine is gone, or a template by now, whoever did that"
        case .power: return "the machine is \(fact(0)), whoever did that"
        case .superseded:
            return "superseded by version \(fact(0))" + (maker.isEmpty ? "" : ", made\(maker)")
        case .used: return "somebody else used its target"
        case .versionMade: return "version \(fact(0)) was made\(maker)"
        case .checkedIn:
            return "the machine was checked IN: version \(fact(0)) was made of it\(maker)"
        case .notSeen:
            let span = SpanText.spelled(.seconds(Int64(fact(0)) ?? 0))
            return "not seen in \(span), by the server's clock"
        case .byHand: return "settled by hand"
        case .notSeenYet: return "it has not happened so far, and may still"
        case .stopped: return "vmoon stopped waiting before that could be seen"
        case .unobservable:
            return "nothing in the vCenter tells it afterwards; look by hand, then close it with "
                + "--resolve"
        case .otherPower:
            return
                "the machine is \(fact(0)) now: it has not happened so far, or was undone since; "
                + "if it stays so, close it with --resolve"
        case .notTold: return "this vCenter does not say what became of it"
        case .unreadable: return "what is there could not be read: \(fact(0))"
        case .unclear:
            return "\(fact(0)) is checked out now, but whose it is could not be read: \(fact(1))"
        case .candidate:
            return "\(fact(0)): it may be the one, and nothing proves it ({op} in the name would); "
                + "look, then close it with --resolve"
        case .itemGone: return "the item was deleted, and its history with it"
        case .machineGone: return "the machine is gone"
        case .objectGone: return "what it was about is gone"
        case .asWanted: return "it is so, whoever did that"
        case .noHistory:
            return "what it named is gone, and this vCenter keeps no history that says why"
        case .tracksCovered:
            return "what it named is gone, and later changes have covered the tracks"
        case .madeAndUndone:
            return
                "it was refused as if it were so already, which it was not before, and is not now: "
                + "it may have been made, and undone since"
        // A later vmoon wrote it.
        case nil: return Display.escape(([key] + facts).joined(separator: " "))
        }
    }
}
