/// One thing that was changed, with all its changes in a report: before, and after.
struct ReportItem: Equatable {
    let vcenter: String
    /// The item's identifier; empty for something else, such as a machine.
    let identifier: String
    var name: String
    /// The latest version before the first change; nil where it is not known.
    var before: String?
    /// The latest version after the last change, or `deleted`; nil where it is not known.
    var after: String?
    /// Whether it may be another one: after a change in doubt, and after one that a person has closed as done.
    var isInDoubt = false
    var purged: [String] = []
    var counts = ReportCounts()
    /// When its last change began, and who made it.
    var last: Int64
    var users: [String] = []

    /// Gathers the changes of each thing.
    /// - Parameter runs: The runs, in any order.
    /// - Returns: The things, by vCenter and name.
    static func all(of runs: [Report.Run]) -> [ReportItem] {
        var order: [(began: Int64, run: Int, change: Int)] = []
        // The newest run is first: of two changes at one time that of the older run comes first.
        for (run, content) in runs.enumerated().reversed() {
            for (number, change) in content.changes.enumerated() {
                order.append((change.began, runs.count - run, number))
            }
        }
        order.sort { $0 < $1 }
        var places: [[String]: Int] = [:]
        var items: [ReportItem] = []
        for (_, run, number) in order {
            let change = runs[runs.count - run].changes[number]
            let place = places[change.key] ?? items.count
            if place == items.count {
                places[change.key] = place
                items.append(ReportItem(change))
            }
            items[place].take(change)
        }
        return items.sorted {
            ($0.vcenter, $0.name, $0.identifier) < ($1.vcenter, $1.name, $1.identifier)
        }
    }

    private init(_ change: ReportChange) {
        vcenter = change.vcenter
        identifier = change.item
        name = change.thing
        last = change.began
    }

    private mutating func take(_ change: ReportChange) {
        // An earlier vmoon did not record names.
        if name == identifier { name = change.thing }
        if before == nil { before = change.before }
        if change.hasUnknownVersion {
            isInDoubt = true
        } else {
            after = change.after ?? after
            // Whatever was in doubt before has been looked at when this one was made.
            if change.state == .done, change.after != nil { isInDoubt = false }
        }
        for version in change.purged where !change.isInDoubt && !purged.contains(version) {
            purged.append(version)
        }
        counts.add(change)
        last = change.began
        if !users.contains(change.user) { users.append(change.user) }
    }
}

/// Counts of changes by their end.
struct ReportCounts: Equatable {
    var done = 0
    /// They did not happen: refused, or never sent.
    var refused = 0
    var notSent = 0
    var unknown = 0
    var running = 0

    mutating func add(_ change: ReportChange) {
        switch change.state {
        case .done: done += 1
        case .refused: refused += 1
        case .notSent: notSent += 1
        case .unknown: unknown += 1
        case .running: running += 1
        }
    }

    var total: Int { done + refused + notSent + unknown + running }

    /// The counts in words, without those that are 0.
    var text: String {
        let parts = [
            (done, "done"), (refused, "refused"), (notSent, "not sent"), (unknown, "in doubt"),
            (running, "under way"),
        ]
        let words = parts.filter { $0.0 > 0 }.map { "\($0.0.grouped) \($0.1)" }
        return words.isEmpty ? "no change" : words.joined(separator: ", ")
    }
}

extension Int {
    /// The number with its thousands apart: `1,401`.
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }
}
