/// The effect of an operation: what must hold before, what tells afterwards whether it happened, and the text for
/// a plan.
///
/// Hints, plans, the course of a doubtful change and the documentation follow from it.
public struct Effect: Sendable {
    /// A condition without which the server refuses the change.
    public enum Need: Sendable, Equatable {
        /// No machine is checked out of the item.
        case noCheckOut
        /// The version is live, and not the latest.
        case olderVersion
        /// The machine is checked out of the item.
        case checkedOut
        /// The machine is in one of these states of power.
        case power([String])
        /// The name is free: of a machine in its folder, of an item in its library.
        case freeName
        /// The places that the specification names exist.
        case places
        /// The tools in the machine run.
        case tools
        /// The machine is off, or takes more of its hardware while it runs.
        case offOrHotAdd
        /// There is the customization specification that is named.
        case customizationSpec
        /// The library, or that of the item, follows no other.
        case ownLibrary
        /// The library, or that of the item, is published, to the subscriptions that are named.
        case published
        /// The library, or that of the item, follows another.
        case subscribed
        /// The item is of this type.
        case itemType(String)
        /// The object that gets a tag, or loses it, exists.
        case taggedObject
        /// The task runs, and can be cancelled.
        case cancelable

        static let machineOff = power(["POWERED_OFF"])

        /// Whether the library of the item decides.
        public var isAboutLibrary: Bool {
            self == .ownLibrary || self == .published || self == .subscribed
        }
    }

    /// A permanent consequence, for a plan.
    public enum Consequence: Sendable {
        case clones
        /// The version becomes the latest, under another identifier.
        case goesBack
        /// The latest version becomes the previous one.
        case replacesLatest
        /// Every version is lost except the latest and, if it is named, the target.
        case purgesOthers
        case purgesVersion
        case deletesCheckOut
        case deletesMachine
        case deletesItem
        case deletesLibrary
    }

    private let needs: [Need]
    private let needsByAction: [String: [Need]]
    /// The effects that cannot be undone.
    public let consequences: [Consequence]
    private let kind: Kind?
    private let kinds: [String: Kind]
    private let powers: [String: String]
    private let leavesPower: String?

    /// Makes an effect.
    /// - Parameters:
    ///   - kind: How it is looked at afterwards; nil where nothing could be seen.
    ///   - kinds: The same for operations whose action decides it.
    ///   - powers: The state of power that an action leaves a machine in.
    ///   - power: The same for an operation without actions.
    ///   - needs: What must hold before.
    ///   - needsByAction: The same for operations whose action decides it.
    ///   - consequences: What it does for good.
    init(
        _ kind: Kind? = nil,
        byAction kinds: [String: Kind] = [:],
        powers: [String: String] = [:],
        leaves power: String? = nil,
        needs: [Need] = [],
        needsByAction: [String: [Need]] = [:],
        does consequences: [Consequence] = []
    ) {
        self.kind = kind
        self.kinds = kinds
        self.powers = powers
        leavesPower = power
        self.needs = needs
        self.needsByAction = needsByAction
        self.consequences = consequences
    }

    /// The kind of change, which decides how to find out whether it happened; nil if that is impossible.
    /// - Parameter action: The chosen action, for an operation with several.
    /// - Returns: The kind.
    public func kind(action: String?) -> Kind? { kind ?? action.flatMap { kinds[$0] } }

    /// The conditions without which the server refuses it.
    /// - Parameter action: The action of an operation that has one to choose.
    /// - Returns: In the order in which the server looks.
    public func needs(action: String?) -> [Need] {
        needs + (action.flatMap { needsByAction[$0] } ?? [])
    }

    /// The state of power that it leaves a machine in; nil where it is not about that.
    /// - Parameter action: The action of an operation that has one to choose.
    /// - Returns: Such as `POWERED_ON`.
    public func power(after action: String?) -> String? {
        action.flatMap { powers[$0] } ?? leavesPower
    }

    /// The effect of the call of a path that a script spells out: nothing tells what it did.
    static let untold = Effect()
}

extension Effect {
    /// The changes that can be observed afterwards.
    public enum Kind: String, Sendable, CaseIterable {
        case rollback, checkIn, checkOut, deleteCheckOut, deleteVersion, deleteItem
        case deleteVM, powerOn, powerOff, suspend
        case deploy, createTemplate, createLibrary
        case setHardware, updateItem, attachTag, detachTag, deleteLibrary

        /// The object to look at to find out whether it happened.
        public var scope: Scope {
            switch self {
            case .rollback, .checkIn, .checkOut, .deleteCheckOut, .deleteVersion, .deleteItem: .item
            case .deleteVM, .powerOn, .powerOff, .suspend: .machine
            case .deploy, .createTemplate, .createLibrary: .name
            case .setHardware, .updateItem, .attachTag, .detachTag, .deleteLibrary: .settings
            }
        }

        /// Whether its message is recorded in the history of the item, and so the identifier too.
        public var leavesMessage: Bool { self == .rollback || self == .checkIn }

        /// Whether it uses up its target, so that the server carries out one request at most
        /// however often it is sent.
        ///
        /// A check-out has no such fence: once its machine is deleted, a late second request is legal.
        public var isFenced: Bool {
            switch self {
            case .rollback, .checkIn, .deleteCheckOut, .deleteVersion, .deleteItem, .deleteVM: true
            case .checkOut, .powerOn, .powerOff, .suspend, .deploy, .createTemplate,
                .createLibrary, .setHardware, .updateItem, .attachTag, .detachTag,
                .deleteLibrary:
                false
            }
        }

        /// The intended power state; nil for a change of another kind.
        public var power: String? {
            switch self {
            case .powerOn: "POWERED_ON"
            case .powerOff: "POWERED_OFF"
            case .suspend: "SUSPENDED"
            default: nil
            }
        }
    }

    /// The object that tells whether a change happened.
    public enum Scope: Sendable {
        /// The item: its versions, check-outs and history.
        case item
        /// The machine itself.
        case machine
        /// The objects with the name for the new one.
        case name
        /// The state it gives its object: fields, a tag, that it is gone.
        case settings
    }
}
