internal import Changes
internal import Journal

/// One change, as a report tells it.
///
/// Texts are as the journal has them: each form of the report makes them safe in its own way.
struct ReportChange: Equatable {
    /// Its outcome.
    enum State: String, CaseIterable {
        case done, refused
        case notSent = "not sent"
        case unknown
        /// Its run is at work on it.
        case running
    }

    /// Another change that had the claim on the item.
    struct Wait: Equatable {
        /// The identifier of that change.
        let change: String
        let operation: String
        let run: String
        /// When that change had its verdict, in milliseconds since 1970-01-01T00:00:00Z.
        let until: Int64
    }

    let identifier: String
    let operation: String
    let step: String?
    let vcenter: String
    let user: String
    /// The item's identifier; empty for a change of something else.
    let item: String
    /// The thing that it is about, for people.
    let thing: String
    /// The machine or item that it made.
    let made: String?
    /// The item's latest version before and after, `deleted` for what is gone; nil where there is none, or none is known.
    let before: String?
    let after: String?
    /// The versions that it has purged; of one in doubt, may have purged.
    let purged: [String]
    let message: String?
    /// The outcome in the journal's word.
    let outcome: String
    let state: State
    /// Why it is so; nil where there is nothing to say.
    let explanation: String?
    /// How many requests were sent.
    let attempts: Int
    let began: Int64
    let settled: Int64?
    /// Whether there is another latest version afterwards, or none.
    let movesLatest: Bool
    let claimsItem: Bool
    /// Whether the vCenter can be asked about it; only asked of a change in doubt.
    let canBeObserved: Bool
    /// Whom it had to wait for; nil for nobody that is known.
    var wait: Wait?

    /// Makes it from its record.
    /// - Parameters:
    ///   - record: The record.
    ///   - isAlive: Whether its run is at work.
    ///   - effect: The effect of its operation.
    init(_ record: OperationRecord, isAlive: Bool, _ effect: VersionEffect) {
        identifier = record.identifier
        operation = record.operation
        step = record.step
        vcenter = record.vcenter
        user = record.user
        item = record.item
        let subject = record.subject.isEmpty ? record.operation : record.subject
        thing = record.item.isEmpty ? subject : record.itemName ?? record.item
        made = effect.makesVersion ? nil : record.result
        (before, after) = effect.latest(of: record)
        purged = effect.purged(by: record)
        message = record.message
        outcome = record.outcome?.rawValue ?? "open"
        state = State(record, isAlive: isAlive)
        // An error begins with what it is about, which stands beside it.
        let about = "\(record.operation) (\(record.subject)) at \(record.vcenter): "
        let words = record.explanation
        explanation = words.map { $0.hasPrefix(about) ? String($0.dropFirst(about.count)) : $0 }
        attempts = record.attempts
        began = Self.clamped(record.intended)
        // A clock may be set back.
        settled = record.settled.map { max(Self.clamped($0), Self.clamped(record.intended)) }
        movesLatest = effect.makesVersion || effect.deletes
        claimsItem = effect.claimsItem && !record.item.isEmpty
        canBeObserved = state == .unknown && record.isOpen && record.canBeObserved
    }

    /// A time as far as a calendar goes, whatever a damaged journal says.
    private static func clamped(_ time: Int64) -> Int64 { min(max(time, 0), 253_402_300_799_999) }

    /// Whether nobody knows if it happened, and nobody is finding out.
    var isInDoubt: Bool { state == .unknown }

    /// Whether its version afterwards is not known.
    var hasUnknownVersion: Bool { movesLatest && (isInDoubt || state == .done && after == nil) }

    /// The thing it is about, among those of all vCenters.
    var key: [String] { [vcenter, item.isEmpty ? "\0" + thing : item] }

    /// The commands that end the doubt: the first asks the vCenter, two close it by hand.
    var commands: [String] {
        let command = "vmoon reconcile \(identifier)"
        return canBeObserved
            ? [command] : [command + " --resolve done", command + " --resolve not-applied"]
    }
}

extension ReportChange.State {
    init(_ record: OperationRecord, isAlive: Bool) {
        if record.isOpen {
            self = record.outcome == nil && isAlive ? .running : .unknown
        } else if record.isGivenUp {
            self = .unknown
        } else if record.isDone {
            self = .done
        } else {
            self = record.outcome == .notSent ? .notSent : .refused
        }
    }
}
