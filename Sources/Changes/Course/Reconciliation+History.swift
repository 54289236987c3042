internal import VSphere

/// Conclusions from the history of an item.
extension Reconciliation {
    static func ownChange(
        _ intent: ChangeIntent,
        in seen: Observation
    ) -> Observation.Change? {
        guard intent.kind.leavesMessage else { return nil }
        return seen.history.content?.first {
            OperationToken.isMarked($0.message, by: intent.identifier)
        }
    }

    /// The entries since the change was pinned, oldest first.
    ///
    /// The server promises no order: entries are sorted by time, and those of the same time by place.
    static func newChanges(
        _ intent: ChangeIntent,
        _ history: [Observation.Change]
    ) -> [Observation.Change] {
        let ordered = chronological(history)
        guard let newest = intent.newestBefore,
            let place = ordered.lastIndex(where: { $0.version == newest })
        else { return ordered }
        return Array(ordered[(place + 1)...])
    }

    /// The first change by somebody else since ours was pinned.
    static func foreignChange(
        _ intent: ChangeIntent,
        in seen: Observation
    ) -> Observation.Change? {
        guard intent.newestBefore != nil, let history = seen.history.content else { return nil }
        return newChanges(intent, history).first
    }

    /// The version after our own change, if the latest version is another one.
    ///
    /// The latest version may have been read before the history: then it may be the one that ours
    /// replaced, and only the place in the history tells.
    static func later(
        _ change: Observation.Change,
        _ seen: Observation
    ) -> ChangeVerdict.Superseding? {
        guard let latest = seen.state.content?.latest, latest != change.version else { return nil }
        let ordered = chronological(seen.history.content ?? [])
        let own = ordered.lastIndex { $0.version == change.version } ?? 0
        guard let place = ordered.lastIndex(where: { $0.version == latest }) else {
            return seen.isHistoryNewer ? nil : .init(latest, nil)
        }
        return place > own ? .init(latest, ordered[place]) : nil
    }

    /// The newest entry of a history.
    ///
    /// One pass, without sorting: it is called before every change, and histories grow long.
    /// - Parameter history: The entries in the server's order, oldest or newest first.
    /// - Returns: The entry; nil for an empty history.
    public static func newest(_ history: [Observation.Change]) -> Observation.Change? {
        guard let first = history.first, let last = history.last else { return nil }
        var newest = first
        let isNewestFirst = first.time > last.time
        for entry in history.dropFirst()
        where isNewestFirst ? entry.time > newest.time : entry.time >= newest.time {
            newest = entry
        }
        return newest
    }

    /// The entries of a history, oldest first.
    /// - Parameter history: The entries in the server's order, oldest or newest first.
    /// - Returns: The same entries.
    static func chronological(_ history: [Observation.Change]) -> [Observation.Change] {
        // RFC 3339 in UTC with a fixed number of digits sorts as text. Entries of the same time keep the
        // order they came in; a list with the newest first is reversed before.
        var entries = history
        if let first = history.first, let last = history.last, first.time > last.time {
            entries.reverse()
        }
        return entries.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }
}
