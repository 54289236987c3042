internal import JSON
internal import Text
internal import VSphere

/// One change of a plan: its data when it is planned, and the line that describes it.
struct PlannedChange {
    /// Its number in the plan, from 1.
    var number: Int
    /// The function's name in Lua.
    let operation: String
    /// The arguments that name its object: `vm web-1 (vm-12)`; safe to show.
    var subject: [String] = []
    /// The names of the objects among the arguments, by their identifiers.
    var names: [String: String] = [:]
    /// Remarks on its object, such as the item that a machine is checked out of; safe to show.
    var notes: [String] = []
    /// The item's name and identifier.
    var item: (name: String, id: String)?
    /// The item's latest version.
    var latest: String?
    /// The version it is about.
    var version: String?
    /// The machine it is about.
    var vm: String?
    /// The library it is about, or that its item is in, where that decides.
    var library: String?
    /// The task it is about.
    var task: String?
    /// The action, if the operation has one to choose: `start`.
    var action: String?
    /// Whether the machine that it makes is switched on.
    var isPoweredOn = false
    /// The machine's state of power as it is then; nil where that is not known.
    var power: String?
    /// Whether changes planned before delete the machine.
    var isMachineDeleted = false
    /// The keys of what has to be read of its names and places.
    var facts: [String] = []
    /// The objects that it names and that do not exist, or are of another kind, in words of a refusal.
    var missing: [String] = []
    /// Whether the machine takes more of its hardware while it runs.
    var takesHardware = false
    /// The objects that it names and that could not be read.
    var untold: [String] = []
    /// The name that it gives, with the place that it is to be free in; and what has the name already, safe to
    /// show.
    var givenName: String?
    var nameOwner: String?
    /// The live versions, where they matter.
    var versions: [String] = []
    /// The machines checked out of the item, if they matter.
    var checkOuts: [String] = []
    /// Whether the item's state is the result of earlier planned changes; else it was read.
    var isAfterOthers = false
    /// The arguments and the vCenter, where the plan is kept.
    var arguments: JSONValue = .null
    var vcenter = ""
    /// Whether versions and check-outs, the power and the owner of the name were read; else they do not matter,
    /// or are what earlier changes of the plan make of them.
    var isItemRead = false
    var isPowerRead = false
    var isNameRead = false

    /// One line: operation, item with its name, latest version, target, what is lost permanently.
    var line: String {
        var objects = subject
        if let item {
            objects.insert("item \(Display.escape(item.name)) (\(Display.escape(item.id)))", at: 0)
        }
        let head = ([operation] + [objects.joined(separator: ", ")])
            .filter { !$0.isEmpty }.joined(separator: " ")
        let facts = ([latest.map { "latest is \(Display.escape($0))" }] + effects)
            .compactMap { $0 }
        return "\(number). \(head)" + (facts.isEmpty ? "" : ": " + facts.joined(separator: "; "))
    }

    private var effects: [String?] {
        if let refusal {
            let time = isAfterOthers ? " after the changes above" : ""
            return ["would be refused\(time): \(refusal)"]
        }
        let consequences = (effect?.consequences ?? []).map(sentence)
        let doubts = untold.map { "whether \($0) is not known" }
        return consequences.isEmpty ? doubts + notes : [doubt] + doubts + consequences + notes
    }

    var effect: Effect? { VSphere.Operation.named(operation)?.effect }

    private func sentence(_ consequence: Effect.Consequence) -> String? {
        let shown = version.map(Display.escape) ?? ""
        return switch consequence {
        case .clones: "clones it"
        case .goesBack: "goes back to \(shown), which gets a new identifier"
        case .replacesLatest: becomesPrevious
        case .purgesOthers: purge(sparing: [latest, version])
        case .purgesVersion: "purges version \(shown)"
        case .deletesCheckOut: "deletes the machine and what was done in it"
        case .deletesMachine: "deletes the machine"
        case .deletesItem: "deletes the item with all its versions"
        case .deletesLibrary: "deletes the library with all its items"
        }
    }

    private var becomesPrevious: String? {
        latest.map { "\(Display.escape($0)) becomes the previous version" }
    }

    /// The text about versions that are lost: an item keeps its latest version and one before it.
    private func purge(sparing kept: [String?]) -> String {
        let lost = lost(sparing: kept).map(Display.escape)
        return lost.isEmpty ? "purges nothing" : "purges version \(lost.joined(separator: ", "))"
    }

    private func lost(sparing kept: [String?]) -> [String] {
        versions.filter { !kept.contains($0) }
    }

    /// Whether it gives its item another name.
    var isRenaming: Bool { effect?.kind(action: nil) == .updateItem && givenName != nil }

    /// Whether the item is another afterwards.
    var changesItem: Bool { effect?.kind(action: action)?.scope == .item }

    /// The versions that are lost for good.
    var purged: [String] {
        guard refusal == nil else { return [] }
        return (effect?.consequences ?? []).flatMap { consequence -> [String] in
            switch consequence {
            case .purgesOthers: return lost(sparing: [latest, version])
            case .purgesVersion: return [version].compactMap { $0 }
            default: return []
            }
        }
    }

    /// Why the server would refuse it as things are then; nil where nothing is known against it.
    var refusal: String? { (effect?.needs(action: action) ?? []).lazy.compactMap(refusal).first }

    /// Whether the state of power of its machine decides.
    var needsPower: Bool {
        (effect?.needs(action: action) ?? []).contains {
            if case .power = $0 { true } else { $0 == .offOrHotAdd }
        }
    }

    /// Whether versions and check-outs of its item decide.
    var needsParts: Bool {
        effect?.kind(action: action)?.scope == .item
            || (effect?.needs(action: action) ?? []).contains {
                $0 == .noCheckOut || $0 == .olderVersion || $0 == .checkedOut
            }
    }

    private func refusal(_ need: Effect.Need) -> String? {
        switch need {
        case .noCheckOut: item == nil ? nil : holder
        case .olderVersion: item == nil ? nil : unusableVersion
        case .checkedOut:
            if item != nil, let vm, !isCheckedOut(vm), !isUntold(vm) {
                "\(Display.escape(vm)) is not checked out of it"
            } else {
                nil
            }
        case .power(let states): unusablePower(states)
        case .places, .customizationSpec, .tools, .ownLibrary, .published, .subscribed, .itemType,
            .taggedObject, .cancelable:
            missing.first
        case .offOrHotAdd: takesHardware ? nil : unusablePower(["POWERED_OFF"])
        case .freeName: nameOwner.map { "its name is taken by \($0)" }
        }
    }

    private func unusablePower(_ states: [String]) -> String? {
        guard let vm else { return nil }
        if isMachineDeleted { return "\(Display.escape(vm)) is deleted by then" }
        guard let power, !states.contains(power) else { return nil }
        let word =
            switch power {
            case "POWERED_ON": "on"
            case "POWERED_OFF": "off"
            default: Display.escape(power.lowercased())
            }
        let isSo = effect?.power(after: action) == power
        return "\(Display.escape(vm)) is \(word)\(isSo && action != "reset" ? " already" : "")"
    }

    private func isCheckedOut(_ vm: String) -> Bool {
        checkOuts.contains { MachineName.isSame($0, vm) }
    }

    private var holder: String? {
        checkOuts.first.map { "\(Display.escape($0)) is checked out of it" }
    }

    private var unusableVersion: String? {
        guard let version else { return nil }
        if version == latest { return "\(Display.escape(version)) is the latest version" }
        guard !versions.contains(version), !isUntold(version) else { return nil }
        // `previous()` and similar calls still return the present state.
        let isRead = isAfterOthers && !Placeholder.isIn(version)
        let note = isRead ? " (a dry run reads what is live now)" : ""
        return "\(Display.escape(version)) is no live version\(note)"
    }

    /// The doubt about a change whose target is the result of a planned call that is not known.
    private var doubt: String? {
        guard item != nil else { return nil }
        if let vm, !isCheckedOut(vm), isUntold(vm) {
            return "whether \(Display.escape(vm)) is checked out of it is not known"
        }
        if let version, !versions.contains(version), isUntold(version) {
            return "whether \(Display.escape(version)) is a version of it is not known"
        }
        return nil
    }

    /// Whether a text is a placeholder that the plan does not follow; check-outs and new versions are followed.
    private func isUntold(_ text: String) -> Bool {
        let followed = [": checkOut>", ": checkIn>", ": rollback>"]
        return Placeholder.isIn(text) && !followed.contains { text.hasSuffix($0) }
    }
}
