public import Journal
internal import VSphere

/// The effect of an operation on the versions of its item.
///
/// It is looked up once for all changes of an operation's name: a report has thousands.
public struct VersionEffect: Sendable {
    /// Whether it claims its item: of the changes that do, one is made at a time.
    public let claimsItem: Bool
    /// Whether it makes a new latest version.
    public let makesVersion: Bool
    /// Whether the thing it is about is gone afterwards.
    public let deletes: Bool
    private let purgesTarget: Bool
    private let deletesItem: Bool

    /// Looks an operation up.
    /// - Parameter operation: The function's name in Lua; one that this version of vmoon does not have has no effect.
    public init(of operation: String) {
        let effect = VSphere.Operation.named(operation)?.effect
        claimsItem = effect?.kind(action: nil)?.scope == .item
        let consequences = effect?.consequences ?? []
        makesVersion = consequences.contains(.replacesLatest)
        purgesTarget = consequences.contains(.purgesVersion)
        deletesItem = consequences.contains(.deletesItem)
        deletes = consequences.contains {
            [.deletesItem, .deletesLibrary, .deletesMachine].contains($0)
        }
    }

    /// The item's latest version before and after a change; nil where it is not known.
    public func latest(of change: OperationRecord) -> (before: String?, after: String?) {
        // Of an item that was to be deleted another kind of version was read.
        if deletes { return (nil, change.isDone ? Self.deleted : nil) }
        guard claimsItem else { return (nil, nil) }
        let before = change.latestBefore
        guard makesVersion else { return (before, before) }
        if change.isDone { return (before, change.result) }
        return (before, change.isOpen || change.isGivenUp ? nil : before)
    }

    /// Stands for the version of what is deleted.
    public static let deleted = "deleted"
    /// Stands for the versions of an item that is deleted.
    public static let all = "all"

    /// The versions that a change has purged, or may have purged; `all` stands for those of an item that is deleted.
    public func purged(by change: OperationRecord) -> [String] {
        guard change.mayHaveEffect else { return [] }
        if deletesItem { return [Self.all] }
        return purgesTarget ? [change.version].compactMap { $0 } : change.purges ?? []
    }
}

extension OperationRecord {
    /// Whether the vCenter can be asked whether it happened.
    public var canBeObserved: Bool { intent != nil }
}
